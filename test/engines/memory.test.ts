import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as Tf from '@tensorflow/tfjs-core';
import { EngineError } from '../../src/engines/engine.ts';
import { selectGraph } from '../../src/engines/graph.ts';
import { demandHeapRoom, filmsOfPass, largestBatch, peakBytes } from '../../src/engines/memory.ts';
import { openWasm } from '../../src/engines/wasm.ts';
import { observations } from '../../src/api/observations.ts';
import { autoencoder } from '../../src/models/autoencoder.ts';
import { combinedNetworks, residentsOf } from '../../src/models/combined-networks.ts';
import type { Network } from '../../src/models/network.ts';
import { parameterCount } from '../../src/models/weights.ts';
import { options, someFilms } from './engines.ts';

/** tfjs keeps its engine in one place for the whole process, whichever copy of the package asks. */
const { default: tf } = (await import('@tensorflow/tfjs-core')) as unknown as { default: typeof Tf };
const engine = await openWasm();

/** At least what is really held, and at most half more. */
function assertCovers(estimate: number, held: number): void {
  assert.ok(estimate >= held, `estimated ${estimate}, held ${held}`);
  assert.ok(estimate <= 1.5 * held, `estimated ${estimate}, held ${held}`);
}

/** Most bytes of tensors while `work` ran. */
async function peakOf(work: () => Promise<unknown>): Promise<number> {
  const { peakBytes: peak } = await tf.profile(() => {
    void work();
    return tf.scalar(0);
  });
  return peak;
}

for (const [size, width, batch] of [[32, 0.25, 16], [75, 0.25, 5], [64, 1, 3]] as const) {
  test(`peakBytes() covers a training step at ${size} px, width ${width}, batch ${batch}`, async () => {
    const network = autoencoder({ size, width, loss: 'MeanAbsoluteError' });
    const model = engine.load(network, options);
    const image = someFilms(batch, size);
    await model.trainStep({ image });
    assertCovers(peakBytes([network], batch), await peakOf(() => model.trainStep({ image })));
    model.dispose();
  });
}

for (const [backbone, size, batch] of [['Small', 32, 4], ['InceptionResNetV2', 75, 8]] as const) {
  test(`peakBytes() covers a step of a combined network with backbone ${backbone}, whether it computes its frozen parts or is fed with them`, async () => {
    const sources = ['Atelectasis', 'Edema'] as const;
    const { combined } = combinedNetworks({ size, width: 0.5, observations: sources, sources, backbone, architecture: 2, head: 'Sigmoid' });
    const model = engine.load(combined, options);
    const labels = new Float32Array(batch * 2).fill(1);
    const feeds = { image: someFilms(batch, size), target: labels, weight: labels };
    await model.trainStep(feeds);
    const [computed, kept] = [await peakOf(() => model.trainStep(feeds)), await model.predict(feeds, combined.outputs)];
    assertCovers(peakBytes([combined], batch), computed);
    assert.ok(peakBytes([combined], batch) >= (await peakOf(() => model.trainStep({ ...feeds, ...kept }))));
    model.dispose();
  });
}

const refusal = (residents: readonly Network[], batch: number): string => {
  try {
    demandHeapRoom(residents, batch);
    return '';
  } catch (error) {
    assert.ok(error instanceof EngineError);
    return error.message;
  }
};

test('demandHeapRoom() takes the largest batch that fits and refuses one more, naming it', () => {
  const large = [autoencoder({ size: 1024, width: 0.1, loss: 'MeanAbsoluteError' })];
  const largest = largestBatch(large);
  assert.ok(largest > 0);
  assert.equal(refusal(large, largest), '');
  assert.equal(
    refusal(large, largest + 1),
    `Cannot train the autoencoder network with batches of ${largest + 1} on the wasm engine: a step does not fit its heap of 4 GB. The largest batch that fits is ${largest}: set batchSize to it, or use the native engine (\`npm run build:native\`), which has no such limit`,
  );
});

const study = { size: 299, width: 1, observations, sources: observations, backbone: 'InceptionResNetV2', architecture: 2, head: 'Sigmoid' } as const;

test("of the study's networks in batches of 64 the autoencoder fits, and the combined model with 14 of them in none", () => {
  assert.equal(refusal([autoencoder({ size: 299, width: 1, loss: 'MeanAbsoluteError' })], 64), '');
  assert.match(refusal(residentsOf(combinedNetworks(study)), 1), /^Cannot train the combined and baseline networks with batches of 1 .* does not fit its heap of 4 GB beside 999 MB of frozen weights\. Not even a batch of one film fits: use the native engine .*, or smaller films, or fewer observations$/);
});

test('frozen weights count once, without moments, and leave less room for a batch', () => {
  const { combined, head } = combinedNetworks({ ...study, sources: ['Edema', 'Fracture'] });
  const frozen = 4 * (parameterCount(combined) - parameterCount(head));
  const difference = peakBytes([combined], 0) - peakBytes([head], 0);
  assert.equal(difference, frozen);
  assert.ok(largestBatch([combined]) < largestBatch([head]));
});

test('predict() takes more films than a quarter of the heap has room for in several passes', async () => {
  const size = 2048;
  const network = autoencoder({ size, width: 0.1, loss: 'MeanAbsoluteError' });
  const model = engine.load(network, options);
  const most = filmsOfPass(selectGraph(network, ['reconstruction']));
  const image = someFilms(most + 1, size);
  let reconstruction: Float32Array = new Float32Array();
  const peak = await peakOf(async () => {
    ({ reconstruction } = await model.predict({ image }, ['reconstruction']));
  });
  assert.ok(peak < 2 ** 30, `${peak} bytes`);
  const alone = await model.predict({ image: image.subarray(most * size * size) }, ['reconstruction']);
  const farthest = alone.reconstruction.reduce((far, value, at) => Math.max(far, Math.abs(value - (reconstruction[most * size * size + at] ?? NaN))), 0);
  assert.ok(farthest < 1e-6, `${most} films a pass; off by ${farthest}`);
  model.dispose();
});
