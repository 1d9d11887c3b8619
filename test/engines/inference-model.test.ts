/** SavedModels as others use them: loaded and called by TensorFlow. */
import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { encodeAutoencoder, encodeCombined } from '../../src/engines/tensorflow/inference-model.ts';
import { initialFrozen } from '../../src/engines/initialise.ts';
import { openEngine } from '../../src/engines/open.ts';
import { autoencoder } from '../../src/models/autoencoder.ts';
import { combinedNetworks } from '../../src/models/combined-networks.ts';
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
    const { combined } = combinedNetworks({ size, width: 0.1, observations: [...sources, 'Pneumonia'], sources, backbone, architecture: 2, head: 'Sigmoid' });
    const model = engine.load(combined, options);
    const frozen = initialFrozen(combined, 5);
    model.setFrozen(frozen);
    const { score } = await model.predict({ image }, ['score']);
    const theirs = call(t, encodeCombined({ network: combined, weights: new Map([...frozen, ...(await model.getWeights())]) }), { film: filmsOf(image, size), shape: [count, size, size, 3], output: 'score' });
    assert.ok(relativeDistance(theirs, score) < 1e-5, `${[...theirs].join()} for ${[...score].join()}`);
    model.dispose();
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
