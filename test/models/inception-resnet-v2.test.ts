import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inceptionResNetV2 } from '../../src/models/inception-resnet-v2.ts';
import { parameterCount, trainableCount, weightsOf } from '../../src/models/weights.ts';

test("inceptionResNetV2() has Keras's 54,336,736 parameters in 896 tensors, all frozen", () => {
  const network = inceptionResNetV2({ size: 299 });
  assert.equal(parameterCount(network), 54_336_736);
  assert.equal(trainableCount(network), 0);
  assert.equal(weightsOf(network).length, 896);
  const moving = weightsOf(network).filter((weight) => weight.name.startsWith('moving_'));
  assert.equal(parameterCount(network) - moving.reduce((sum, weight) => sum + (weight.shape[0] ?? 0), 0), 54_276_192);
});

test('inceptionResNetV2() numbers 203 convolutions and norms from 1; the rest have names', () => {
  const names = inceptionResNetV2({ size: 75 }).nodes.filter((node) => node.weights.length > 0).map((node) => node.name);
  const numbers = (kind: string) => names.filter((name) => name.startsWith(`${kind}_`)).map((name) => Number(name.slice(kind.length + 1)));
  const oneTo203 = Array.from({ length: 203 }, (_, index) => index + 1);
  assert.deepEqual(numbers('conv2d'), oneTo203);
  assert.deepEqual(numbers('batch_normalization'), oneTo203);
  const named = names.filter((name) => !/^(conv2d|batch_normalization)_/.test(name));
  assert.equal(named.length, 42);
  assert.deepEqual(named.slice(-2), ['conv_7b', 'conv_7b_bn']);
  assert.deepEqual([named[0], named[10], named[30], named[39]], ['block35_1_conv', 'block17_1_conv', 'block8_1_conv', 'block8_10_conv']);
});

test('inceptionResNetV2() gives the feature width of its own shape at every size', () => {
  // Side of the film, of mixed_5b, mixed_6a and the features.
  for (const [size, first, second, third] of [[75, 7, 3, 1], [150, 16, 7, 3], [224, 25, 12, 5], [299, 35, 17, 8], [1024, 125, 62, 30]] as const) {
    const { nodes } = inceptionResNetV2({ size });
    const shapeOf = (name: string) => nodes.find((node) => node.name === name)?.shape;
    assert.deepEqual(shapeOf('mixed_5b'), [first, first, 320]);
    assert.deepEqual(shapeOf('mixed_6a'), [second, second, 1088]);
    assert.deepEqual(shapeOf('mixed_7a'), [third, third, 2080]);
    assert.deepEqual(shapeOf('features'), [third * third * 1536]);
  }
});

test('inceptionResNetV2() scales its residuals by 0.17, 0.1 and 0.2, the last by 1 without activation', () => {
  const { nodes } = inceptionResNetV2({ size: 75 });
  const scales = nodes.flatMap((node) => (node.operation.kind === 'addScaled' ? [node.operation.scale] : []));
  assert.deepEqual(scales, [...Array(10).fill(0.17), ...Array(20).fill(0.1), ...Array(9).fill(0.2), 1]);
  assert.deepEqual(nodes.find((node) => node.name === 'conv_7b')?.inputs, ['block8_10_sum']);
});

test('inceptionResNetV2() refuses films below 75 pixels and names what to change', () => {
  assert.throws(() => inceptionResNetV2({ size: 74 }), /films of 74 pixels: it needs at least 75; raise preprocess\.size or choose combined\.backbone Small/);
});
