/** The eager engine's own gradients against tfjs' autodiff, both on TensorFlow's kernels. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAutodiff } from '../oracles/autodiff.ts';
import { openEagerNative } from '../oracles/eager-native.ts';
import { cases } from './cases.ts';
import { adam, nativeOrSkip, options, relativeDistance } from './engines.ts';

for (const [name, { network, feeds }] of Object.entries(cases)) {
  test(`the eager engine's gradient of every tensor of ${name} is that of tfjs' autodiff to 1e-5`, async (t) => {
    if (!nativeOrSkip(t)) return;
    const [differentiate, loadEager] = [await openAutodiff(), await openEagerNative()];
    const expected = differentiate(network, feeds, options.seed);
    const eager = loadEager(network, options);
    await eager.trainStep(feeds);
    const { firstMoments } = await eager.getState();
    eager.dispose();
    assert.deepEqual([...firstMoments.keys()].sort(), [...expected.keys()].sort());
    for (const [weight, gradient] of expected) {
      const distance = relativeDistance(firstMoments.get(weight)!.values.map((value) => value / (1 - adam.beta1)), gradient);
      assert.ok(distance <= 1e-5, `the gradient of ${weight} is ${distance} off`);
    }
  });
}
