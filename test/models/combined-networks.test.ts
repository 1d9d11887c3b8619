import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observations } from '../../src/api/observations.ts';
import { combinedNetworks, residentsOf, wholeBaselineCount } from '../../src/models/combined-networks.ts';
import type { CombinedNetworksOptions } from '../../src/models/combined-networks.ts';
import { learnedWeights, parameterCount, trainableCount, weightsOf } from '../../src/models/weights.ts';

const study: CombinedNetworksOptions = { size: 299, width: 1, observations, sources: observations, backbone: 'InceptionResNetV2', architecture: 2, head: 'Sigmoid' };
const small: CombinedNetworksOptions = { ...study, size: 64, sources: ['Edema', 'Fracture'], backbone: 'Small' };

test("the combined network has the parameters of the study's 14 autoencoders, backbone and head, of which it trains the head's", () => {
  for (const [architecture, count] of [[2, 442_198_592], [1, 442_208_692]] as const) {
    const { combined, head } = combinedNetworks({ ...study, architecture });
    assert.equal(parameterCount(combined), count);
    assert.equal(trainableCount(combined), trainableCount(head));
    assert.deepEqual(learnedWeights(combined), weightsOf(head));
  }
});

test('the combined network reads films alone, with a junction for each part', () => {
  const { combined } = combinedNetworks({ ...study, size: 75, sources: ['Edema', 'Fracture'] });
  const of = (kind: string) => combined.nodes.filter(({ operation }) => operation.kind === kind).map(({ name, shape }) => [name, shape]);
  assert.deepEqual(of('input'), [['target', [14]], ['weight', [14]], ['image', [75, 75, 1]]]);
  assert.deepEqual(of('junction'), [['backbone', [1536]], ['difference_Edema', [75 * 75 * 3]], ['difference_Fracture', [75 * 75 * 3]]]);
  assert.deepEqual(combined.outputs, ['score', 'backbone', 'difference_Edema', 'difference_Fracture']);
});

test('a frozen backbone counts in model and baseline, a Small one is part of their heads', () => {
  const frozen = combinedNetworks({ ...study, sources: [] });
  assert.equal(wholeBaselineCount(frozen), 54_336_736 + parameterCount(frozen.baseline!));
  assert.equal(parameterCount(frozen.combined), wholeBaselineCount(frozen));
  const trained = combinedNetworks({ ...small, sources: [] });
  assert.equal(trained.backbone, null);
  assert.deepEqual(weightsOf(trained.combined), weightsOf(trained.head));
});

test('the head reads the features of the frozen backbone, whose number follows from the size of the films', () => {
  const widthOf = (size: number) => combinedNetworks({ ...study, size }).head.nodes.find(({ name }) => name === 'backbone')?.shape;
  assert.deepEqual([widthOf(299), widthOf(224), widthOf(150)], [[8 * 8 * 1536], [5 * 5 * 1536], [3 * 3 * 1536]]);
});

test('residentsOf() lists the combined network and its baseline, where there is one', () => {
  const namesOf = (options: CombinedNetworksOptions) => residentsOf(combinedNetworks(options)).map(({ name }) => name);
  assert.deepEqual(namesOf(small), ['combined', 'baseline']);
  assert.deepEqual(namesOf({ ...small, backbone: 'None' }), ['combined']);
});
