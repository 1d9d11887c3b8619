/** SavedModels as others use them: loaded and called by TensorFlow. */
import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { encodeAutoencoder, encodeCombined } from '../../src/engines/tensorflow/inference-model.ts';
import type { WeightedNetwork } from '../../src/engines/tensorflow/inference-model.ts';
import { openEngine } from '../../src/engines/open.ts';
import { autoencoder } from '../../src/models/autoencoder.ts';
import { combinedHead } from '../../src/models/combined.ts';
import { inceptionResNetV2 } from '../../src/models/inception-resnet-v2.ts';
import type { Network } from '../../src/models/network.ts';
import { pythonOrSkip, runPython } from '../oracles/oracles.ts';
import { options, relativeDistance, someFilms } from './engines.ts';

const count = 2;

test('TensorFlow loads the SavedModel of an autoencoder and reconstructs what we do', async (t) => {
  if (!pythonOrSkip(t)) return;
  const size = 43;
  const image = someFilms(count, size);
  const engine = await openEngine({ engine: 'wasm', threads: 1 });
  const model = engine.load(autoencoder({ size, width: 0.25, loss: 'MeanAbsoluteError' }), options);
  for (let step = 0; step < 3; step += 1) await model.trainStep({ image });
  const { reconstruction } = await model.predict({ image }, ['reconstruction']);
  const theirs = call(t, encodeAutoencoder({ network: model.network, weights: await model.getWeights() }), { film: filmsOf(image, size), shape: [count, size, size, 3], output: 'reconstruction' });
  assert.ok(relativeDistance(theirs, reconstruction) < 1e-5);
  model.dispose();
});

const sources = ['Edema', 'Fracture'] as const;
for (const backbone of ['Small', 'InceptionResNetV2', 'None'] as const) {
  test(`TensorFlow loads the SavedModel of a combined model with backbone ${backbone} and gives our scores`, async (t) => {
    if (!pythonOrSkip(t)) return;
    const size = backbone === 'InceptionResNetV2' ? 75 : 32;
    const image = someFilms(count, size);
    const engine = await openEngine({ engine: 'wasm', threads: 1 });
    const weighted = async (network: Network, seed: number) => {
      const model = engine.load(network, { ...options, seed });
      const weights = await model.getWeights();
      return { model, part: { network, weights } satisfies WeightedNetwork };
    };
    const frozen = backbone === 'InceptionResNetV2' ? await weighted(inceptionResNetV2({ size }), 5) : null;
    const features = frozen === null ? {} : { backbone: (await frozen.model.predict({ image }, ['features'])).features };
    const head = await weighted(combinedHead({ size, observations: [...sources, 'Pneumonia'], sources, featureWidth: frozen === null ? null : 1536, backbone, architecture: 2, head: 'Sigmoid' }), 3);
    const autoencoders = new Map<string, WeightedNetwork>();
    const differences: Record<string, Float32Array> = {};
    for (const [index, source] of sources.entries()) {
      const one = await weighted(autoencoder({ size, width: 0.1, loss: 'MeanAbsoluteError' }), index);
      autoencoders.set(`difference_${source}`, one.part);
      differences[`difference_${source}`] = (await one.model.predict({ image }, ['difference'])).difference;
      one.model.dispose();
    }
    const { score } = await head.model.predict({ image, ...features, ...differences }, ['score']);
    const theirs = call(t, encodeCombined({ head: head.part, backbone: frozen?.part ?? null, autoencoders }, size), { film: filmsOf(image, size), shape: [count, size, size, 3], output: 'score' });
    assert.ok(relativeDistance(theirs, score) < 1e-5, `${[...theirs].join()} for ${[...score].join()}`);
    for (const each of [head, frozen]) each?.model.dispose();
  });
}

/** Grey films as float32 in 0 to 1, three times each pixel. */
function filmsOf(image: Uint8Array, size: number): Float32Array {
  return Float32Array.from({ length: count * size * size * 3 }, (_, index) => image[Math.floor(index / 3)]! / 255);
}

function call(t: TestContext, model: Uint8Array, { film, shape, output }: { film: Float32Array; shape: number[]; output: string }): Float32Array {
  const folder = mkdtempSync(path.join(tmpdir(), 'chex-saved-model-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(path.join(folder, 'saved_model'));
  writeFileSync(path.join(folder, 'saved_model/saved_model.pb'), model);
  const [answer] = JSON.parse(runPython('saved_model.py', JSON.stringify([{ folder: path.join(folder, 'saved_model'), film: Buffer.from(film.buffer).toString('base64'), shape, output }]))) as string[];
  return new Float32Array(Uint8Array.from(Buffer.from(answer!, 'base64')).buffer);
}
