import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observations } from '../../src/api/observations.ts';
import { combinedNetworks, residentsOf, wholeBaselineCount, wholeModelCount } from '../../src/models/combined-networks.ts';
import type { CombinedNetworksOptions } from '../../src/models/combined-networks.ts';
import { parameterCount } from '../../src/models/weights.ts';

const study: CombinedNetworksOptions = { size: 299, width: 1, observations, sources: observations, backbone: 'InceptionResNetV2', architecture: 2, head: 'Sigmoid' };
const small: CombinedNetworksOptions = { ...study, size: 64, sources: ['Edema', 'Fracture'], backbone: 'Small' };

test("wholeModelCount() is the study's with 14 autoencoders, backbone and head", () => {
  assert.equal(wholeModelCount(combinedNetworks(study)), 442_198_592);
  assert.equal(wholeModelCount(combinedNetworks({ ...study, architecture: 1 })), 442_208_692);
});

test('a frozen backbone counts in model and baseline, a Small one is part of their heads', () => {
  const frozen = combinedNetworks({ ...study, sources: [] });
  assert.equal(wholeBaselineCount(frozen), 54_336_736 + parameterCount(frozen.baseline!));
  assert.equal(wholeModelCount(frozen), wholeBaselineCount(frozen));
  const trained = combinedNetworks({ ...small, sources: [] });
  assert.equal(trained.backbone, null);
  assert.equal(wholeModelCount(trained), parameterCount(trained.head));
});

test('the head reads the features of the frozen backbone, whose number follows from the size of the films', () => {
  const widthOf = (size: number) => combinedNetworks({ ...study, size }).head.nodes.find(({ name }) => name === 'backbone')?.shape;
  assert.deepEqual([widthOf(299), widthOf(224), widthOf(150)], [[8 * 8 * 1536], [5 * 5 * 1536], [3 * 3 * 1536]]);
});

test('residentsOf() lists heads as trained, backbone and autoencoders as frozen', () => {
  const namesOf = (options: CombinedNetworksOptions) => {
    const { trained, frozen } = residentsOf(combinedNetworks(options));
    return [trained, frozen].map((networks) => networks.map(({ name }) => name));
  };
  assert.deepEqual(namesOf({ ...study, sources: ['Edema'] }), [['combined', 'baseline'], ['inception_resnet_v2', 'autoencoder']]);
  assert.deepEqual(namesOf(small), [['combined', 'baseline'], ['autoencoder', 'autoencoder']]);
  assert.deepEqual(namesOf({ ...small, backbone: 'None' }), [['combined'], ['autoencoder', 'autoencoder']]);
});
