import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addScaled,
  averagePool2d,
  batchNorm,
  concat,
  conv2d,
  conv2dTranspose,
  crop,
  crossEntropy,
  dense,
  flatten,
  glorotUniform,
  maxPool2d,
  meanError,
  repeatChannels,
  reshape,
  subtract,
} from '../../src/models/layers.ts';

test('conv2d() counts the windows as TensorFlow does, for both paddings', () => {
  const shapeOf = (side: number, options: { kernel: number; strides: number; padding: 'same' | 'valid' }) =>
    conv2d({ filters: 5, bias: false, ...options })([side, side, 2]).shape;
  assert.deepEqual(shapeOf(299, { kernel: 3, strides: 2, padding: 'valid' }), [149, 149, 5]);
  assert.deepEqual(shapeOf(299, { kernel: 3, strides: 2, padding: 'same' }), [150, 150, 5]);
  assert.deepEqual(shapeOf(147, { kernel: 1, strides: 1, padding: 'valid' }), [147, 147, 5]);
  assert.deepEqual(shapeOf(3, { kernel: 3, strides: 2, padding: 'valid' }), [1, 1, 5]);
  assert.deepEqual(shapeOf(1, { kernel: 7, strides: 1, padding: 'same' }), [1, 1, 5]);
});

test('conv2d() has a kernel [height, width, in, filters], and a bias where asked', () => {
  const { weights } = conv2d({ filters: 5, kernel: [1, 7], bias: true, initialiser: glorotUniform })([9, 9, 2]);
  assert.deepEqual(weights, [
    { name: 'kernel', shape: [1, 7, 2, 5], initialiser: { kind: 'glorotUniform', fanIn: 14, fanOut: 35 }, trainable: true },
    { name: 'bias', shape: [5], initialiser: { kind: 'zeros' }, trainable: true },
  ]);
});

test('conv2dTranspose() multiplies the side and has a kernel [height, width, filters, in]', () => {
  const { shape, weights } = conv2dTranspose({ filters: 5, kernel: 4, strides: 2, bias: false })([19, 19, 2]);
  assert.deepEqual(shape, [38, 38, 5]);
  assert.deepEqual(weights.map((weight) => weight.shape), [[4, 4, 5, 2]]);
});

test('maxPool2d() and averagePool2d() count windows and keep the channels', () => {
  assert.deepEqual(maxPool2d({ size: 3, strides: 2, padding: 'valid' })([147, 147, 64]).shape, [73, 73, 64]);
  assert.deepEqual(maxPool2d({ size: 2, strides: 2, padding: 'same' })([75, 75, 32]).shape, [38, 38, 32]);
  assert.deepEqual(averagePool2d({ size: 3, strides: 1, padding: 'same' })([35, 35, 192]).shape, [35, 35, 192]);
});

test('batchNorm() trains gamma and beta, never the moving statistics', () => {
  const weightsOf = (scale: boolean) => batchNorm({ momentum: 'ramp', scale })([4, 4, 8]).weights.map(({ name, trainable }) => [name, trainable]);
  const others = [['beta', true], ['moving_mean', false], ['moving_variance', false]];
  assert.deepEqual(weightsOf(true), [['gamma', true], ...others]);
  assert.deepEqual(weightsOf(false), others);
});

test('concat() adds up the last axes', () => {
  assert.deepEqual(concat()([4, 4, 96], [4, 4, 64], [4, 4, 8]).shape, [4, 4, 168]);
});

test('layers refuse shapes that do not fit, with a sentence', () => {
  const faults: [() => unknown, RegExp][] = [
    [() => conv2d({ filters: 1, kernel: 3, bias: false, padding: 'valid' })([2, 9, 1]), /a window of 3 does not fit into 2 pixels/],
    [() => conv2d({ filters: 1, kernel: 3, bias: false })([4]), /the input must be height x width x channels, it is 4$/],
    [() => dense({ units: 3 })([4, 4]), /the input must be a vector, it is 4 x 4$/],
    [() => dense({ units: 3 })(), /a dense layer needs an input/],
    [() => batchNorm({ momentum: 0.9 })([]), /the input must not be a scalar/],
    [() => repeatChannels(3)([4, 4, 3]), /only one channel can be repeated, the input is 4 x 4 x 3/],
    [() => reshape([2, 3])([5]), /5 cannot be reshaped to 2 x 3/],
    [() => crop({ top: 2, bottom: 2, left: 0, right: 0 })([4, 4, 1]), /nothing of 4 x 4 x 1 is left after the crop/],
    [() => addScaled(1)([4], [5]), /the inputs must have one shape, they are 4 and 5/],
    [() => subtract()([4], []), /the inputs must have one shape, they are 4 and a scalar/],
    [() => concat()([4, 4, 1], [5, 4, 1]), /they are 4 x 4 and 5 x 4/],
    [() => concat()(), /a concatenation needs an input/],
    [() => meanError('meanSquaredError')([4], [5]), /they are 4 and 5/],
    [() => crossEntropy('binaryCrossEntropy')([3], [3], [1]), /they are 1 and 3/],
    [() => crossEntropy('categoricalCrossEntropy')([3], [3], [3]), /they are 3 and 1/],
  ];
  for (const [build, fault] of faults) assert.throws(build, fault);
});

test('flatten() gives a vector', () => {
  assert.deepEqual(flatten()([8, 8, 1536]).shape, [98_304]);
});
