import assert from 'node:assert/strict';
import { test } from 'node:test';
import { autoencoder } from '../../src/models/autoencoder.ts';
import { combinedHead } from '../../src/models/combined.ts';
import { kerasConfig } from '../../src/training/keras-config.ts';

// That Keras takes the whole of it is shown in keras-h5.test.ts.

test('kerasConfig() refuses ends that no chain connects', () => {
  const network = autoencoder({ size: 32, width: 0.25, loss: 'MeanAbsoluteError' });
  for (const ends of [{ input: 'code', output: 'film' }, { input: 'film', output: 'difference' }, { input: 'film', output: 'absent' }]) {
    assert.throws(() => kerasConfig(network, ends), { message: `Cannot write autoencoder for Keras: no chain leads from "${ends.input}" to "${ends.output}"` });
  }
});

test('kerasConfig() names a node that no layer of Keras stands for', () => {
  const head = combinedHead({ size: 32, observations: ['Edema'], sources: [], backbone: 'Small', featureWidth: null, architecture: 2, head: 'Sigmoid' });
  assert.throws(() => kerasConfig(head, { input: 'image', output: 'small_1_conv' }), { message: 'Cannot write grey for Keras: no layer stands for affine' });
});
