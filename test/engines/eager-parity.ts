import assert from 'node:assert/strict';
import type { Engine, Model } from '../../src/engines/engine.ts';
import { autoencoder } from '../../src/models/autoencoder.ts';
import type { Network } from '../../src/models/network.ts';
import { openEagerNative } from '../oracles/eager-native.ts';
import { cases } from './cases.ts';
import { nativeOrSkip, options, relativeDistance, someFilms, testOnEngines } from './engines.ts';

/** Tests an engine against the eager engine on TensorFlow's kernels, which is itself held against Keras; skipped where TensorFlow is not built. */
export function testParityWithEager(engineName: 'wasm' | 'native'): void {
  for (const [name, { network, feeds }] of Object.entries(cases)) {
    testOnEngines(`the gradient of every tensor of ${name} is the eager engine's to 1e-5`, async (engine, t) => {
      if (!nativeOrSkip(t)) return;
      const [model, eager] = await both(engine, network);
      eager.setWeights(await model.getWeights());
      const [ours, theirs] = [await model.trainStep(feeds), await eager.trainStep(feeds)];
      for (const [loss, value] of Object.entries(theirs)) assert.ok(Math.abs(ours[loss]! / value - 1) < 1e-5, `${loss} is ${ours[loss]}, eager ${value}`);
      // After one step they are (1 - beta1) times the gradients.
      const [{ firstMoments }, expected] = [await model.getState(), (await eager.getState()).firstMoments];
      assert.deepEqual([...firstMoments.keys()].sort(), [...expected.keys()].sort());
      for (const [weight, { values }] of expected) {
        const distance = relativeDistance(firstMoments.get(weight)!.values, values);
        // The absolute error gives 16,000 equal numbers here, which sum to -1/6. TensorFlow adds them one by one and is 5e-5 off; ours is 2e-7 off.
        const tolerance = weight === 'output_conv/bias' && network.objective === 'meanAbsoluteError' ? 1e-4 : 1e-5;
        assert.ok(distance <= tolerance, `the gradient of ${weight} is ${distance} off`);
      }
      for (const each of [model, eager]) each.dispose();
    }, [engineName]);
  }

  testOnEngines('a hundred steps with the same masks lose within 1 % of what the eager engine loses', async (engine, t) => {
    if (!nativeOrSkip(t)) return;
    const models = await both(engine, autoencoder({ size: 32, width: 0.25, loss: 'MeanAbsoluteError' }));
    const image = someFilms(4, 32);
    for (let step = 1; step <= 100; step += 1) {
      const [ours, theirs] = [await models[0].trainStep({ image }), await models[1].trainStep({ image })];
      assert.ok(Math.abs(ours.meanAbsoluteError! / theirs.meanAbsoluteError! - 1) < 0.01, `step ${step}: ${ours.meanAbsoluteError} and ${theirs.meanAbsoluteError}`);
    }
    for (const model of models) model.dispose();
  }, [engineName]);
}

async function both(engine: Engine, network: Network): Promise<[Model, Model]> {
  const loadEager = await openEagerNative();
  return [engine.load(network, options), loadEager(network, options)];
}
