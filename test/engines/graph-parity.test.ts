/** The emitted graph against the eager engine on the same TensorFlow, which is itself held against Keras. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../src/engines/engine.ts';
import { openEngine } from '../../src/engines/open.ts';
import { autoencoder } from '../../src/models/autoencoder.ts';
import { openEagerNative } from '../oracles/eager-native.ts';
import { cases } from './cases.ts';
import { nativeOrSkip, options, relativeDistance, someFilms } from './engines.ts';

for (const [name, { network, feeds }] of Object.entries(cases)) {
  test(`the gradient of every tensor of ${name} is the eager engine's to 1e-5`, async (t) => {
    if (!nativeOrSkip(t)) return;
    const [graph, eager] = await both(network);
    eager.setWeights(await graph.getWeights());
    const [ours, theirs] = [await graph.trainStep(feeds), await eager.trainStep(feeds)];
    for (const [loss, value] of Object.entries(theirs)) assert.ok(Math.abs(ours[loss]! / value - 1) < 1e-5, `${loss} is ${ours[loss]}, eager ${value}`);
    const [{ firstMoments }, expected] = [await graph.getState(), (await eager.getState()).firstMoments];
    assert.deepEqual([...firstMoments.keys()].sort(), [...expected.keys()].sort());
    for (const [weight, { values }] of expected) {
      const distance = relativeDistance(firstMoments.get(weight)!.values, values);
      // TensorFlow sums a bias' gradient number by number, ours goes by rows: of 16,000 equal numbers its sum is 5e-5 off.
      const tolerance = weight === 'output_conv/bias' ? 1e-4 : 1e-5;
      assert.ok(distance <= tolerance, `the gradient of ${weight} is ${distance} off`);
    }
    for (const model of [graph, eager]) model.dispose();
  });
}

test('a hundred steps with the same masks lose within 1 % of what the eager engine loses', async (t) => {
  if (!nativeOrSkip(t)) return;
  const models = await both(autoencoder({ size: 32, width: 0.25, loss: 'MeanAbsoluteError' }));
  const image = someFilms(4, 32);
  for (let step = 1; step <= 100; step += 1) {
    const [ours, theirs] = [await models[0].trainStep({ image }), await models[1].trainStep({ image })];
    assert.ok(Math.abs(ours.meanAbsoluteError! / theirs.meanAbsoluteError! - 1) < 0.01, `step ${step}: ${ours.meanAbsoluteError} and ${theirs.meanAbsoluteError}`);
  }
  for (const model of models) model.dispose();
});

async function both(network: Parameters<Awaited<ReturnType<typeof openEagerNative>>>[0]): Promise<[Model, Model]> {
  const [engine, loadEager] = [await openEngine({ engine: 'native', threads: 2 }), await openEagerNative()];
  return [engine.load(network, options), loadEager(network, options)];
}
