import type * as Tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../models/layers.ts';
import { convolve, filterGradient, geometryOf, inputGradient } from './wasm-convolution.ts';
import type { WasmHeap } from './wasm-heap.ts';

interface Call {
  readonly inputs: Readonly<Record<string, Tf.TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

type Own = (call: Call, shipped: () => Tf.TensorInfo) => Tf.TensorInfo;

/** Puts own kernels in the place of the missing Conv2DBackpropFilter and of slow, wrong or inexact ones of tfjs. */
export function registerKernels(tf: typeof Tf, heap: WasmHeap): void {
  const owned: Readonly<Record<string, Own>> = {
    // Convolutions of dilation 1, channels last.
    Conv2D: ({ inputs, attrs }) => convolve(heap, input(inputs, 'x'), input(inputs, 'filter'), geometryOf(input(inputs, 'x').shape, input(inputs, 'filter').shape, windowOf(attrs))),
    Conv2DBackpropFilter: ({ inputs, attrs }) => filterGradient(heap, input(inputs, 'x'), input(inputs, 'dy'), geometryOf(input(inputs, 'x').shape, attrs.filterShape as number[], windowOf(attrs))),
    Conv2DBackpropInput: ({ inputs, attrs }) => inputGradient(heap, input(inputs, 'dy'), input(inputs, 'filter'), geometryOf(attrs.inputShape as number[], input(inputs, 'filter').shape, windowOf(attrs))),
    // tfjs sends the gradient to every value that equals the maximum, TensorFlow to the first.
    MaxPoolGrad: (call) => maxPoolGradient(heap, call),
    // tfjs sums in float32 one by one: 1e-5 off in a loss; and transposes to sum down columns.
    Sum: (call, shipped) => columnReduction(heap, call, false) ?? shipped(),
    Mean: (call, shipped) => columnReduction(heap, call, true) ?? shipped(),
    Relu: ({ inputs }) => elementwise(heap, input(inputs, 'x'), (x, y, count) => heap.run.relu(x, 0, y, count)),
    LeakyRelu: ({ inputs, attrs }) => elementwise(heap, input(inputs, 'x'), (x, y, count) => heap.run.relu(x, attrs.alpha as number, y, count)),
    Tanh: ({ inputs }) => elementwise(heap, input(inputs, 'x'), (x, y, count) => heap.run.tanh(x, y, count)),
    Slice: (call, shipped) => crop(heap, call) ?? shipped(),
  };
  for (const [kernelName, own] of Object.entries(owned)) replaceKernel(tf, kernelName, own);
}

function replaceKernel(tf: typeof Tf, kernelName: string, own: Own): void {
  const shipped = tf.getKernel(kernelName, 'wasm') as Tf.KernelConfig | undefined;
  if (shipped !== undefined) tf.unregisterKernel(kernelName, 'wasm');
  const kernelFunc = (call: Parameters<Tf.KernelFunc>[0]) => own(call as unknown as Call, () => shipped?.kernelFunc(call) as Tf.TensorInfo);
  tf.registerKernel({ ...shipped, kernelName, backendName: 'wasm', kernelFunc: kernelFunc as Tf.KernelFunc });
}

function input(inputs: Call['inputs'], name: string): Tf.TensorInfo {
  const tensor = inputs[name];
  if (tensor === undefined) throw new Error(`Cannot run a wasm kernel: its input ${name} is missing`);
  return tensor;
}

function windowOf(attrs: Call['attrs']): { stride: number; padding: 'same' | 'valid' } {
  const strides = attrs.strides as number | readonly number[];
  return { stride: typeof strides === 'number' ? strides : (strides[0] ?? 1), padding: attrs.pad as 'same' | 'valid' };
}

function elementwise(heap: WasmHeap, x: Tf.TensorInfo, run: (x: number, y: number, count: number) => void): Tf.TensorInfo {
  const y = heap.output(x.shape);
  run(heap.pointer(x), heap.pointer(y), sizeOf(x.shape));
  return y;
}

function maxPoolGradient(heap: WasmHeap, { inputs, attrs }: Call): Tf.TensorInfo {
  const [x, y, dy] = [input(inputs, 'input'), input(inputs, 'output'), input(inputs, 'dy')];
  const filterSize = attrs.filterSize as number | readonly [number, number];
  const size = typeof filterSize === 'number' ? filterSize : filterSize[0];
  const { batch, height, width, channels, rows, columns, stride, top, left } = geometryOf(x.shape, [size, size, 1, 1], windowOf(attrs));
  const dx = heap.output(x.shape);
  for (let n = 0; n < batch; n += 1) {
    const whole = n * height * width * channels * 4;
    const pooled = n * rows * columns * channels * 4;
    heap.run.maxPoolGradient(
      heap.pointer(x) + whole, heap.pointer(y) + pooled, heap.pointer(dy) + pooled, heap.pointer(dx) + whole,
      height, width, channels, rows, columns, size, stride, top, left,
    );
  }
  return dx;
}

/** Over all axes or the first ones, in float64 between blocks; null for others. */
function columnReduction(heap: WasmHeap, { inputs, attrs }: Call, isMean: boolean): Tf.TensorInfo | null {
  const x = input(inputs, 'x');
  const rank = x.shape.length;
  const axis = attrs.axis as number | readonly number[] | null | undefined;
  const axes = axis == null ? x.shape.map((_, index) => index) : [axis].flat().map((each) => (each < 0 ? each + rank : each)).sort((a, b) => a - b);
  if (x.dtype !== 'float32' || attrs.keepDims === true || axes.some((each, index) => each !== index)) return null;
  const kept = x.shape.slice(axes.length);
  const columns = sizeOf(kept);
  const rows = sizeOf(x.shape) / columns;
  const sums = columns === 1 ? [heap.run.sum(heap.pointer(x), rows)] : heap.doubles(columns, (pointer) => heap.run.columnSums(heap.pointer(x), rows, columns, pointer));
  const output = heap.output(kept);
  heap.values(output).set(isMean ? sums.map((sum) => sum / rows) : sums);
  return output;
}

/** Of images, all channels; null for other slices. */
function crop(heap: WasmHeap, { inputs, attrs }: Call): Tf.TensorInfo | null {
  const x = input(inputs, 'x');
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const [first = 0, top = 0, left = 0, firstChannel = 0] = attrs.begin as readonly number[];
  const [images = 0, rows = 0, columns = 0, keptChannels = 0] = attrs.size as readonly number[];
  if (x.shape.length !== 4 || x.dtype !== 'float32' || first !== 0 || images !== batch || firstChannel !== 0 || keptChannels !== channels || rows < 0 || columns < 0) return null;
  const output = heap.output([batch, rows, columns, channels]);
  for (let n = 0; n < batch; n += 1) {
    const from = heap.pointer(x) + ((n * height + top) * width + left) * channels * 4;
    heap.run.copyRows(from, width * channels, heap.pointer(output) + n * rows * columns * channels * 4, columns * channels, rows, columns * channels);
  }
  return output;
}
