import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observations } from '../../src/api/observations.ts';
import { baselineHead, combinedHead } from '../../src/models/combined.ts';
import type { CombinedHeadOptions } from '../../src/models/combined.ts';
import { parameterCount, trainableCount } from '../../src/models/weights.ts';

function options(overrides: Partial<CombinedHeadOptions> = {}): CombinedHeadOptions {
  return {
    size: 299,
    observations,
    sources: observations,
    backbone: 'InceptionResNetV2',
    featureWidth: 98_304,
    architecture: 2,
    head: 'Sigmoid',
    ...overrides,
  };
}

test("combinedHead() has the study's parameters in both architectures, with either head", () => {
  for (const head of ['Sigmoid', 'Softmax'] as const) {
    assert.equal(parameterCount(combinedHead(options({ head }))), 192_668_214);
    assert.equal(parameterCount(combinedHead(options({ head, architecture: 1 }))), 192_678_314);
  }
});

test('combinedHead() reads the backbone and the sources as a split sum', () => {
  const network = combinedHead(options({ sources: ['Atelectasis', 'Edema'] }));
  const first = network.nodes.find((node) => node.name === 'dense_1');
  assert.deepEqual(first?.inputs, ['backbone', 'scaled_difference_Atelectasis', 'scaled_difference_Edema']);
  assert.deepEqual(first?.weights.map((weight) => [weight.name, weight.shape]), [
    ['kernel_0', [98_304, 50]],
    ['kernel_1', [268_203, 50]],
    ['kernel_2', [268_203, 50]],
    ['bias', [50]],
  ]);
  const fans = first?.weights.map((weight) => weight.initialiser);
  assert.deepEqual(fans?.[0], { kind: 'glorotUniform', fanIn: 98_304 + 2 * 268_203, fanOut: 50 });
  assert.deepEqual(fans?.[1], fans?.[0]);
});

test("combinedHead() scales differences by 1 / sqrt(width) for Sigmoid and keeps the study's raw form for Softmax", () => {
  const sigmoid = combinedHead(options({ sources: ['Edema'] }));
  assert.deepEqual(sigmoid.nodes.find((node) => node.name === 'scaled_difference_Edema')?.operation, {
    kind: 'affine',
    scale: 1 / Math.sqrt(268_203),
    offset: 0,
  });
  const softmax = combinedHead(options({ sources: ['Edema'], head: 'Softmax' }));
  assert.deepEqual(softmax.nodes.find((node) => node.name === 'dense_1')?.inputs, ['backbone', 'difference_Edema']);
});

test('combinedHead() has the dense layers of the architecture, the last of them sigmoid', () => {
  const layersOf = (architecture: 1 | 2) =>
    combinedHead(options({ architecture })).nodes
      .filter((node) => /^dense_\d_/.test(node.name))
      .map((node) => `${node.shape.join()} ${node.operation.kind}`);
  assert.deepEqual(layersOf(1), ['50 relu', '100 relu', '100 relu', '50 sigmoid']);
  assert.deepEqual(layersOf(2), ['50 relu', '100 relu', '50 sigmoid']);
});

test('combinedHead() has one output for each observation and the loss of its head', () => {
  const chosen = ['Edema', 'Pneumonia', 'Consolidation'] as const;
  const endsOf = (head: 'Sigmoid' | 'Softmax') => {
    const { nodes, objective, outputs } = combinedHead(options({ observations: chosen, sources: chosen, head }));
    const node = (name: string | undefined) => nodes.find((each) => each.name === name);
    return [node(outputs[0])?.operation.kind, node('score')?.shape, node('target')?.shape, node('weight')?.shape, node(objective)?.operation.kind];
  };
  assert.deepEqual(endsOf('Sigmoid'), ['sigmoid', [3], [3], [3], 'binaryCrossEntropy']);
  assert.deepEqual(endsOf('Softmax'), ['softmax', [3], [3], [1], 'categoricalCrossEntropy']);
});

test('combinedHead() trains a Small backbone with the head', () => {
  for (const [size, side] of [[32, 2], [64, 4], [75, 5], [150, 10], [224, 14], [299, 19], [1024, 64]] as const) {
    const network = combinedHead(options({ size, backbone: 'Small', featureWidth: null, sources: [] }));
    assert.deepEqual(network.nodes.find((node) => node.name === 'small_4_relu')?.shape, [side, side, 64]);
    assert.deepEqual(network.nodes.find((node) => node.name === 'image')?.operation, { kind: 'input', dtype: 'uint8' });
    const convolutions = 9 * (1 * 16 + 16 * 32 + 32 * 64 + 64 * 64);
    const [norms, dense] = [2 * (16 + 32 + 64 + 64), side * side * 64 * 50 + 50 + 5_100 + 5_050 + 714];
    assert.equal(trainableCount(network), convolutions + norms + dense);
    assert.equal(parameterCount(network), convolutions + 2 * norms + dense);
  }
});

test('baselineHead() is the head without the differences, and null where no backbone is', () => {
  const baseline = baselineHead(options());
  assert.deepEqual(baseline?.nodes.find((node) => node.name === 'dense_1')?.inputs, ['backbone']);
  assert.equal(baseline === null ? null : parameterCount(baseline), 98_304 * 50 + 50 + 5_100 + 5_050 + 714);
  assert.equal(baselineHead(options({ backbone: 'None', featureWidth: null })), null);
});

test('combinedHead() refuses to be built of nothing, and InceptionResNetV2 without its width', () => {
  assert.throws(
    () => combinedHead(options({ backbone: 'None', featureWidth: null, sources: [] })),
    /neither a backbone nor an autoencoder; choose combined\.backbone/,
  );
  assert.throws(() => combinedHead(options({ featureWidth: null })), /the width of the features of InceptionResNetV2 is missing/);
});
