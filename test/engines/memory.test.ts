import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as Tf from '@tensorflow/tfjs-core';
import { EngineError } from '../../src/engines/engine.ts';
import type { Residents } from '../../src/engines/engine.ts';
import { demandHeapRoom, largestBatch, peakBytes } from '../../src/engines/memory.ts';
import { openWasm } from '../../src/engines/wasm.ts';
import { observations } from '../../src/api/observations.ts';
import { autoencoder } from '../../src/models/autoencoder.ts';
import { combinedHead } from '../../src/models/combined.ts';
import { inceptionResNetV2 } from '../../src/models/inception-resnet-v2.ts';
import type { Network } from '../../src/models/network.ts';
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
    assertCovers(peakBytes({ trained: [network], frozen: [] }, batch), await peakOf(() => model.trainStep({ image })));
    model.dispose();
  });
}

for (const [network, output] of [[autoencoder({ size: 75, width: 0.25, loss: 'MeanAbsoluteError' }), 'difference'], [inceptionResNetV2({ size: 75 }), 'features']] as const) {
  test(`peakBytes() covers a pass of the frozen ${network.name}`, async () => {
    const batch = 8;
    const model = engine.load(network, { seed: 1 });
    const image = someFilms(batch, 75);
    await model.predict({ image }, [output]);
    assertCovers(peakBytes({ trained: [], frozen: [network] }, batch), await peakOf(() => model.predict({ image }, [output])));
    model.dispose();
  });
}

test('peakBytes() covers a step of a head beside the frozen networks it reads', async () => {
  const batch = 4;
  const [size, sources] = [32, ['Atelectasis', 'Edema'] as const];
  const head = combinedHead({ size, observations: sources, sources, featureWidth: null, backbone: 'Small', architecture: 2, head: 'Sigmoid' });
  const frozen = sources.map(() => autoencoder({ size, width: 0.5, loss: 'MeanAbsoluteError' }));
  const models = [head, ...frozen].map((network) => engine.load(network, options));
  const image = someFilms(batch, size);
  for (const model of models.slice(1)) await model.predict({ image }, ['difference']);
  const difference = new Float32Array(batch * size * size * 3).fill(0.1);
  const labels = new Float32Array(batch * 2).fill(1);
  const feeds = { image, difference_Atelectasis: difference, difference_Edema: difference, target: labels, weight: labels };
  await models[0]!.trainStep(feeds);
  assertCovers(peakBytes({ trained: [head], frozen }, batch), await peakOf(() => models[0]!.trainStep(feeds)));
  for (const model of models) model.dispose();
});

const alone = (network: Network): Residents => ({ trained: [network], frozen: [] });
const refusal = (residents: Residents, batch: number): string => {
  try {
    demandHeapRoom(residents, batch);
    return '';
  } catch (error) {
    assert.ok(error instanceof EngineError);
    return error.message;
  }
};

test('demandHeapRoom() takes the largest batch that fits and refuses one more, naming it', () => {
  const large = alone(autoencoder({ size: 1024, width: 0.1, loss: 'MeanAbsoluteError' }));
  const largest = largestBatch(large);
  assert.ok(largest > 0);
  assert.equal(refusal(large, largest), '');
  assert.equal(
    refusal(large, largest + 1),
    `Cannot train the autoencoder network with batches of ${largest + 1} on the wasm engine: a step does not fit its heap of 4 GB. The largest batch that fits is ${largest}: set batchSize to it, or use the native engine (\`npm run build:native\`), which has no such limit`,
  );
});

test("of the study's networks in batches of 64 the autoencoder fits, and the combined model with 14 of them in none", () => {
  const single = autoencoder({ size: 299, width: 1, loss: 'MeanAbsoluteError' });
  assert.equal(refusal(alone(single), 64), '');
  const head = combinedHead({ size: 299, observations, sources: observations, featureWidth: 98304, backbone: 'InceptionResNetV2', architecture: 2, head: 'Sigmoid' });
  const frozen = [inceptionResNetV2({ size: 299 }), ...observations.map(() => single)];
  assert.match(refusal({ trained: [head], frozen }, 1), /does not fit its heap of 4 GB beside 15 frozen networks\. Not even a batch of one film fits: use the native engine .*, or smaller films, or fewer observations$/);
});

test('frozen networks leave less room for a batch', () => {
  const [small, other] = [autoencoder({ size: 299, width: 0.5, loss: 'MeanAbsoluteError' }), autoencoder({ size: 299, width: 1, loss: 'MeanAbsoluteError' })];
  assert.ok(largestBatch({ trained: [small], frozen: new Array<Network>(20).fill(other) }) < largestBatch({ trained: [small], frozen: [other] }));
});
