import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as Tf from '@tensorflow/tfjs-core';
import { fillPhilox } from '../../src/engines/philox.ts';
import { geometryOf } from '../../src/engines/wasm-convolution.ts';
import { openWasm } from '../../src/engines/wasm.ts';
import { openMasks } from '../oracles/eager-native.ts';
import { relativeDistance } from './engines.ts';

await openWasm();
const { default: tf } = (await import('@tensorflow/tfjs-core')) as unknown as { default: typeof Tf };

interface Case {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernel: readonly [number, number];
  readonly filters: number;
  readonly stride: number;
  readonly padding: 'same' | 'valid';
}

const cases: readonly Case[] = [
  { batch: 2, height: 9, width: 7, channels: 3, kernel: [4, 4], filters: 8, stride: 1, padding: 'same' },
  { batch: 1, height: 10, width: 13, channels: 1, kernel: [3, 3], filters: 16, stride: 2, padding: 'same' },
  { batch: 3, height: 8, width: 8, channels: 5, kernel: [4, 4], filters: 3, stride: 2, padding: 'same' },
  { batch: 2, height: 11, width: 12, channels: 13, kernel: [3, 3], filters: 9, stride: 2, padding: 'valid' },
  { batch: 1, height: 7, width: 9, channels: 6, kernel: [1, 7], filters: 2, stride: 1, padding: 'same' },
  { batch: 1, height: 9, width: 5, channels: 4, kernel: [1, 1], filters: 12, stride: 3, padding: 'same' },
  { batch: 1, height: 1, width: 1, channels: 2, kernel: [4, 4], filters: 1, stride: 2, padding: 'same' },
  { batch: 1, height: 4, width: 140, channels: 1, kernel: [2, 5], filters: 33, stride: 1, padding: 'valid' },
];

for (const each of cases) {
  const { batch, height, width, channels, kernel, filters, stride, padding } = each;
  test(`convolve(), filterGradient() and inputGradient() of ${JSON.stringify(each)} are the sums of their definition`, () => {
    const [x, weights] = [waves([batch, height, width, channels], 1), waves([...kernel, channels, filters], 2)];
    const geometry = geometryOf(x.shape, weights.shape, { stride, padding });
    const dy = waves([batch, geometry.rows, geometry.columns, filters], 3);
    const attributes = { strides: [stride, stride], pad: padding, dataFormat: 'NHWC', dilations: [1, 1] };
    const expected = byDefinition(geometry, { x: x.dataSync<'float32'>(), weights: weights.dataSync<'float32'>(), dy: dy.dataSync<'float32'>() });
    const run = (name: string, inputs: Tf.NamedTensorMap, more: object) => tf.engine().runKernel<Tf.Tensor>(name, inputs, { ...attributes, ...more } as unknown as Tf.NamedAttrMap);
    const results = {
      y: run('Conv2D', { x, filter: weights }, {}),
      dWeights: run('Conv2DBackpropFilter', { x, dy }, { filterShape: weights.shape }),
      dx: run('Conv2DBackpropInput', { dy, filter: weights }, { inputShape: x.shape }),
    };
    for (const [name, tensor] of Object.entries(results)) {
      const distance = relativeDistance(tensor.dataSync<'float32'>(), expected[name as keyof typeof expected]);
      assert.ok(distance < 2e-6, `${name} is ${distance} off`);
    }
  });
}

function waves(shape: readonly number[], phase: number): Tf.Tensor {
  const size = shape.reduce((product, side) => product * side, 1);
  return tf.tensor(Float32Array.from({ length: size }, (_, index) => Math.sin(index * 1.3 + phase)), [...shape]);
}

/** In float64, tap by tap. */
function byDefinition(geometry: ReturnType<typeof geometryOf>, { x, weights, dy }: { x: Float32Array; weights: Float32Array; dy: Float32Array }) {
  const { batch, height, width, channels, kernelHeight, kernelWidth, filters, rows, columns, stride, top, left } = geometry;
  const [y, dWeights, dx] = [new Float64Array(dy.length), new Float64Array(weights.length), new Float64Array(x.length)];
  for (let n = 0; n < batch; n += 1) for (let row = 0; row < rows; row += 1) for (let column = 0; column < columns; column += 1)
    for (let h = 0; h < kernelHeight; h += 1) for (let w = 0; w < kernelWidth; w += 1) {
      const [atRow, atColumn] = [row * stride + h - top, column * stride + w - left];
      if (atRow < 0 || atRow >= height || atColumn < 0 || atColumn >= width) continue;
      for (let c = 0; c < channels; c += 1) for (let f = 0; f < filters; f += 1) {
        const [i, k, o] = [((n * height + atRow) * width + atColumn) * channels + c, ((h * kernelWidth + w) * channels + c) * filters + f, ((n * rows + row) * columns + column) * filters + f];
        y[o]! += x[i]! * weights[k]!;
        dWeights[k]! += x[i]! * dy[o]!;
        dx[i]! += weights[k]! * dy[o]!;
      }
    }
  return { y: Float32Array.from(y), dWeights: Float32Array.from(dWeights), dx: Float32Array.from(dx) };
}

test('the gradient of a max pool goes to the first maximum of a window, once for each window that it leads', () => {
  const input = tf.tensor4d([3, 3, 1, 3, 3, 9, 0, 9, 9], [1, 3, 3, 1]);
  const output = tf.maxPool(input as Tf.Tensor4D, 2, 1, 'valid');
  const dy = tf.tensor4d([1, 10, 100, 1000], [1, 2, 2, 1]);
  const dx = tf.engine().runKernel<Tf.Tensor>('MaxPoolGrad', { dy, input, output }, { filterSize: 2, strides: 1, pad: 'valid' });
  // Windows [3 3; 3 3], [3 1; 3 9], [3 3; 0 9], [3 9; 9 9].
  assert.deepEqual([...dx.dataSync()], [1, 0, 0, 0, 0, 1010, 0, 100, 0]);
});

test('sums of a million values keep seven digits', () => {
  const x = tf.fill([1000, 1000], 0.1);
  const tenth = Math.fround(0.1);
  assert.ok(Math.abs(tf.sum(x).dataSync()[0]! / (tenth * 1e6) - 1) < 1e-6);
  assert.ok(Math.abs(tf.mean(x, [0]).dataSync()[999]! / tenth - 1) < 1e-6);
});

test('relu, leakyRelu and tanh of a vector that no register divides are right, and keep what is not a number', () => {
  // What inf - inf makes on x86: its sign bit is set, and tfjs' own relu takes it for negative.
  const negativeNan = new Float32Array(Uint32Array.of(0xffc00000).buffer)[0]!;
  const x = tf.tensor1d([-2, -1e-5, 0, 1e-5, 0.3, 8, -20]);
  assert.deepEqual([...tf.relu(x).dataSync()].map((value) => value + 0), [0, 0, 0, Math.fround(1e-5), Math.fround(0.3), 8, 0]);
  assert.ok(relativeDistance(tf.leakyRelu(x, 0.3).dataSync<'float32'>(), Float32Array.of(-0.6, -3e-6, 0, 1e-5, 0.3, 8, -6)) < 1e-7);
  assert.ok(relativeDistance(tf.tanh(x).dataSync<'float32'>(), Float32Array.from(x.dataSync(), Math.tanh)) < 3e-7);
  for (const operation of [tf.relu, tf.leakyRelu, tf.tanh]) assert.ok(operation(tf.fill([5], negativeNan)).dataSync().every(Number.isNaN), operation.name);
});

test('openMasks() gives masks by Philox, number by number, none of which another step has, at any size', async () => {
  const makeMask = await openMasks();
  for (const { size, seed, step, stream } of [
    { size: 1, seed: 0, step: 0, stream: 0 },
    { size: 37, seed: 2 ** 40 + 3, step: 17, stream: 3 },
    { size: 100_000, seed: 123, step: 2 ** 32 - 5, stream: 1 },
  ]) {
    const words = new Uint32Array(Math.ceil(size / 4) * 4);
    fillPhilox(words, seed, [0, step, stream, 0]);
    const expected = Float32Array.from(words.subarray(0, size), (word) => ((word & 0x7fffff) / 2 ** 23 >= Math.fround(0.3) ? 1 / 0.7 : 0));
    assert.deepEqual(makeMask(size, 0.3, { seed, step, stream }), expected);
  }
});
