import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Tensors } from '../../src/engines/engine.ts';
import { openEngine } from '../../src/engines/open.ts';
import { autoencoder } from '../../src/models/autoencoder.ts';
import { combinedHead } from '../../src/models/combined.ts';
import { inceptionResNetV2 } from '../../src/models/inception-resnet-v2.ts';
import { conv2d, sizeOf } from '../../src/models/layers.ts';
import { networkBuilder } from '../../src/models/network-builder.ts';
import type { Network } from '../../src/models/network.ts';
import { frozenWeights, parameterCount, trainableCount, weightsOf } from '../../src/models/weights.ts';
import { ModelFileError, readHdf5, writeHdf5 } from '../../src/training/hdf5.ts';
import { readInceptionResNetV2, readWeights, writeAutoencoder, writeHead } from '../../src/training/keras-h5.ts';
import { pythonOrSkip, runPython } from '../oracles/oracles.ts';

const uri = 's3://hospital/model.h5';
const small = autoencoder({ size: 75, width: 0.25, loss: 'MeanAbsoluteError' });

/** Weights without pattern: a sine of the place, positive where a variance must be. */
function someWeights(network: Network): Tensors {
  const tensors = weightsOf(network).map((weight, place) => {
    const values = Float32Array.from({ length: sizeOf(weight.shape) }, (_, index) => 0.1 * Math.sin(index * 1.7 + place));
    if (weight.name === 'moving_variance') values.forEach((value, index) => (values[index] = 1 + value));
    return [weight.fullName, { shape: weight.shape, values }] as const;
  });
  return new Map(tensors);
}

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'keras-h5-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** The message of the ModelFileError that it ends with. */
async function faultOf(reading: Promise<unknown>): Promise<string> {
  const error = await reading.then(() => null, (reason: unknown) => reason);
  assert.ok(error instanceof ModelFileError, String(error));
  return error.message;
}

test('readWeights() gives back what writeAutoencoder() and writeHead() wrote, bit for bit', async () => {
  const head = combinedHead({ size: 32, observations: ['Edema', 'Fracture'], sources: ['Edema'], backbone: 'Small', featureWidth: null, architecture: 1, head: 'Sigmoid' });
  for (const [network, write] of [[small, writeAutoencoder], [head, (...of: [Network, Tensors]) => writeHead(...of, { sources: 'Edema' })]] as const) {
    const weights = someWeights(network);
    assert.deepEqual(await readWeights(await write(network, weights), network, uri), weights);
  }
});

test('writeHead() says in attributes what else the model is made of', async () => {
  const parts = { sources: '["Edema","Fracture"]', backbone: 'Small' };
  const bytes = await writeHead(small, someWeights(small), parts);
  const attributes = await readHdf5(bytes, uri, (root) => Object.entries(root.attrs).map(([name, { value }]) => [name, value]));
  assert.deepEqual(Object.fromEntries(attributes), { ...parts, keras_version: '3.15.1', backend: 'tensorflow' });
});

test('readWeights() names the first weight that another width or size has otherwise', async () => {
  const bytes = await writeAutoencoder(small, someWeights(small));
  const wide = autoencoder({ size: 75, width: 0.5, loss: 'MeanAbsoluteError' });
  assert.equal(
    await faultOf(readWeights(bytes, wide, uri)),
    'Cannot read s3://hospital/model.h5 as the autoencoder of this training: its weight encoder_1_conv/kernel is 4 x 4 x 3 x 8, not 4 x 4 x 3 x 16; give the file that was trained with the same size, width and observations',
  );
  const large = autoencoder({ size: 96, width: 0.25, loss: 'MeanAbsoluteError' });
  assert.match(await faultOf(readWeights(bytes, large, uri)), /its weight code\/kernel is 100 x 300, not 144 x 300; give/);
  assert.match(await faultOf(readWeights(bytes, inceptionResNetV2({ size: 75 }), uri)), /it has no weight conv2d_1\/kernel; /);
});

test('readWeights() tells a file that is not HDF5 from one that is cut off', async () => {
  const bytes = await writeAutoencoder(small, someWeights(small));
  for (const other of [new Uint8Array(0), new TextEncoder().encode('<html>404</html>')]) {
    assert.match(await faultOf(readWeights(other, small, uri)), /model\.h5: it is not an HDF5 file; give a Keras \.h5$/);
  }
  for (const length of [9, 1000, bytes.length >> 1, bytes.length - 1]) {
    assert.match(await faultOf(readWeights(bytes.slice(0, length), small, uri)), /model\.h5: the HDF5 file is damaged or cut off/);
  }
  assert.equal((await readWeights(bytes, small, uri)).size, 25);
});

test('readWeights() refuses weights that are not finite', async () => {
  const bias = Float32Array.of(12.5, 25.25, 50.125);
  const bytes = await writeAutoencoder(small, new Map([...someWeights(small), ['output_conv/bias', { shape: [3], values: bias }]]));
  const damaged = Buffer.from(bytes);
  damaged.fill(0xff, damaged.indexOf(Buffer.from(bias.buffer)) + 8, damaged.indexOf(Buffer.from(bias.buffer)) + 12);
  assert.match(await faultOf(readWeights(damaged, small, uri)), /its weight output_conv\/bias holds numbers that are not finite; /);
});

test('writeAutoencoder() refuses weights that are missing', async () => {
  const weights = new Map(someWeights(small));
  weights.delete('code/bias');
  assert.equal(await faultOf(writeAutoencoder(small, weights)), 'Cannot write the autoencoder: it has no weight code/bias; train it again');
});

test('readInceptionResNetV2() names the first weight of another network', async () => {
  const net = networkBuilder('other');
  const conv = net.add('conv2d_7', conv2d({ filters: 64, kernel: 7, bias: false }), net.input('film', 'float32', [75, 75, 3]));
  const other = net.build({ outputs: [conv] });
  const bytes = await writeHead(other, someWeights(other), {});
  assert.match(
    await faultOf(readInceptionResNetV2(bytes, inceptionResNetV2({ size: 75 }), uri)),
    /as Inception-ResNet-v2: its weight conv2d_1\/kernel is 7 x 7 x 3 x 64, not 3 x 3 x 3 x 32; give keras\.applications\.InceptionResNetV2\(include_top=False\)/,
  );
});

test('readInceptionResNetV2() refuses a file without layer_names and one that holds more than the network', async () => {
  const network = inceptionResNetV2({ size: 75 });
  const bare = await writeHdf5(4096, (root) => root.create_group('layers'));
  assert.match(await faultOf(readInceptionResNetV2(bare, network, uri)), /it has no layer_names, so it is not in the layout of model\.save; give /);
  const layer = (name: string) =>
    ({ name, operation: { kind: 'dense', bias: false }, inputs: [], shape: [2], weights: [{ name: 'kernel', shape: [1, 2], initialiser: { kind: 'zeros' }, trainable: true }] }) as const;
  const larger = { ...network, nodes: [...network.nodes, layer('predictions'), layer('extra')] };
  const zeros = weightsOf(larger).map(({ fullName, shape }) => [fullName, { shape, values: new Float32Array(sizeOf(shape)) }] as const);
  const bytes = await writeHead(larger, new Map(zeros), {});
  assert.match(await faultOf(readInceptionResNetV2(bytes, network, uri)), /it also holds extra\/kernel; give /);
});

test("readInceptionResNetV2() maps all 896 tensors of Keras's own files by order of creation, to Keras's own features", async (t) => {
  if (!pythonOrSkip(t)) return;
  const folder = await temporaryFolder(t);
  const film = aFilm(1);
  await writeFile(path.join(folder, 'film.bin'), film);
  const keras = JSON.parse(runPython('keras_inception_resnet_v2.py', folder)) as { weights: Record<string, string[][]>; features: number[] };
  const network = inceptionResNetV2({ size: 75 });
  for (const file of ['official.h5', 'keras3.h5']) {
    const bytes = await readFile(path.join(folder, file));
    const start = performance.now();
    const tensors = await readInceptionResNetV2(bytes, network, file);
    t.diagnostic(`${file}: ${bytes.length} bytes read in ${Math.round(performance.now() - start)} ms`);
    assert.equal(tensors.size, 896);
    for (const [layer, kind] of [['Conv2D', 'conv2d'], ['BatchNormalization', 'batchNorm']] as const) {
      const nodes = network.nodes.filter((node) => node.operation.kind === kind);
      const found = nodes.map((node) => node.weights.map((weight) => sha256(tensors.get(`${node.name}/${weight.name}`)?.values)));
      assert.deepEqual(found, keras.weights[layer], `${file}: ${layer}`);
    }
    if (file === 'keras3.h5') assertClose(await onWasm(t, network, { weights: tensors, image: film, output: 'features' }), keras.features, 1e-4);
  }
});

test('writeAutoencoder() makes a file that Keras loads alone and that gives the same picture', async (t) => {
  if (!pythonOrSkip(t)) return;
  const folder = await temporaryFolder(t);
  const films = aFilm(2);
  await writeFile(path.join(folder, 'autoencoder.h5'), await writeAutoencoder(small, someWeights(small)));
  await writeFile(path.join(folder, 'films.bin'), films);

  const keras = JSON.parse(runPython('keras_autoencoder.py', folder)) as Record<string, unknown>;
  const { reconstruction, ...known } = keras;
  assert.deepEqual(known, { name: 'autoencoder', parameters: parameterCount(small), trainable: trainableCount(small), shape: [2, 75, 75, 3] });

  const theirs = new Float32Array(new Uint8Array(Buffer.from(String(reconstruction), 'base64')).buffer);
  assertClose(await onWasm(t, small, { weights: someWeights(small), image: films, output: 'reconstruction' }), theirs, 1e-5);
});

/** So many films of 75 x 75 pixels. */
function aFilm(count: number): Uint8Array {
  return Uint8Array.from({ length: count * 75 * 75 }, (_, index) => 128 + 127 * Math.sin(index / 9));
}

async function onWasm(t: TestContext, network: Network, { weights, image, output }: { weights: Tensors; image: Uint8Array; output: string }): Promise<Float32Array> {
  const model = (await openEngine({ engine: 'wasm', threads: 1 })).load(network, { seed: 1 });
  t.after(() => model.dispose());
  model.setWeights(weights);
  model.setFrozen(new Map(frozenWeights(network).map(({ fullName }) => [fullName, weights.get(fullName)!])));
  return (await model.predict({ image }, [output]))[output] ?? new Float32Array(0);
}

/** Equal to within `tolerance` of the largest, and not all the same. */
function assertClose(found: Float32Array, expected: ArrayLike<number>, tolerance: number): void {
  const numbers = Array.from(expected);
  assert.equal(found.length, numbers.length);
  const largest = Math.max(...numbers.map(Math.abs));
  assert.ok(largest - Math.min(...numbers) > 0.1 && Number.isFinite(largest), 'flat or infinite, so that it proves nothing');
  const worst = Math.max(...numbers.map((number, index) => Math.abs(number - (found[index] ?? NaN))));
  assert.ok(worst <= tolerance * Math.max(1, largest), `they differ by up to ${worst}, the largest is ${largest}`);
}

function sha256(values: Float32Array | undefined): string {
  return createHash('sha256').update(new Uint8Array(values?.buffer ?? new ArrayBuffer(0), values?.byteOffset, values?.byteLength)).digest('hex');
}
