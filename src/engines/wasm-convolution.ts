import type * as Tf from '@tensorflow/tfjs-core';
import type { Padding } from '../models/network.ts';
import type { WasmHeap } from './wasm-heap.ts';

/** A convolution's shapes; `height`, `width` are the input's, `rows`, `columns` the output's. */
export interface Geometry {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly filters: number;
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
  readonly top: number;
  readonly left: number;
}

/** TensorFlow's rule: `same` puts the odd pixel of padding after. */
export function geometryOf(input: readonly number[], kernel: readonly number[], { stride, padding }: { stride: number; padding: Padding }): Geometry {
  const [batch = 0, height = 0, width = 0, channels = 0] = input;
  const [kernelHeight = 0, kernelWidth = 0, , filters = 0] = kernel;
  const outputs = (size: number, taps: number) => (padding === 'same' ? Math.ceil(size / stride) : Math.ceil((size - taps + 1) / stride));
  const before = (size: number, taps: number) => (padding === 'same' ? Math.max(0, ((outputs(size, taps) - 1) * stride + taps - size) >> 1) : 0);
  return {
    batch, height, width, channels, kernelHeight, kernelWidth, filters, stride,
    rows: outputs(height, kernelHeight),
    columns: outputs(width, kernelWidth),
    top: before(height, kernelHeight),
    left: before(width, kernelWidth),
  };
}

/** Floats that tiles read past the last pixel. */
const slack = (pixelStep: number) => 4 * pixelStep + 8;

/** The input with its padding, all the kernel's reach; one image at a time. */
function padded({ height, width, rows, columns, stride, kernelHeight, kernelWidth, top, left }: Geometry) {
  return {
    height: Math.max(height + top, (rows - 1) * stride + kernelHeight),
    width: Math.max(width + left, (columns - 1) * stride + kernelWidth),
  };
}

/** x [batch, height, width, channels] and kernel [h, w, channels, filters] -> [batch, rows, columns, filters]. */
export function convolve(heap: WasmHeap, x: Tf.TensorInfo, kernel: Tf.TensorInfo, geometry: Geometry): Tf.TensorInfo {
  const { run } = heap;
  const { batch, height, width, channels, kernelHeight, kernelWidth, filters, rows, columns, stride, top, left } = geometry;
  const output = heap.output([batch, rows, columns, filters]);
  const room = padded(geometry);
  const line = kernelWidth * channels;
  return heap.borrow(Math.ceil(filters / 8) * 8 * kernelHeight * line, (packed) => {
    run.pack(heap.pointer(kernel), kernelHeight, line * filters, kernelWidth, channels * filters, channels, filters, filters, 1, packed);
    return heap.borrow(room.height * room.width * channels + slack(stride * channels), (image) => {
      for (let n = 0; n < batch; n += 1) {
        run.pad(heap.pointer(x) + n * height * width * channels * 4, height, width, channels, image, room.height, room.width, channels, top, left);
        run.correlate(
          image, stride * room.width * channels, stride * channels, room.width * channels, kernelHeight, line, packed,
          heap.pointer(output) + n * rows * columns * filters * 4, columns * filters, filters, rows, columns, filters,
        );
      }
      return output;
    });
  });
}

/** x [batch, height, width, channels] and dy [batch, rows, columns, filters] -> [h, w, channels, filters]. */
export function filterGradient(heap: WasmHeap, x: Tf.TensorInfo, dy: Tf.TensorInfo, geometry: Geometry): Tf.TensorInfo {
  const { run } = heap;
  const { batch, height, width, channels, kernelHeight, kernelWidth, filters, rows, columns, stride, top, left } = geometry;
  const output = heap.output([kernelHeight, kernelWidth, channels, filters]);
  const room = padded(geometry);
  const line = kernelWidth * channels;
  // Whole vectors of filters and of the line: what is beyond is summed and thrown away.
  const wideFilters = Math.ceil(filters / 4) * 4;
  const wideLine = Math.ceil(line / 4) * 4;
  return heap.borrow(kernelHeight * wideLine * wideFilters, (sums) =>
    heap.borrow(rows * columns * wideFilters, (wideDy) =>
      heap.borrow(room.height * room.width * channels + slack(stride * channels), (image) => {
        run.pad(0, 0, 0, 1, sums, kernelHeight, wideLine, wideFilters, 0, 0);
        for (let n = 0; n < batch; n += 1) {
          run.pad(heap.pointer(x) + n * height * width * channels * 4, height, width, channels, image, room.height, room.width, channels, top, left);
          let gradient = heap.pointer(dy) + n * rows * columns * filters * 4;
          if (wideFilters !== filters) {
            run.pad(gradient, rows, columns, filters, wideDy, rows, columns, wideFilters, 0, 0);
            gradient = wideDy;
          }
          for (let tap = 0; tap < kernelHeight; tap += 1) {
            run.accumulateProducts(
              image + tap * room.width * channels * 4, stride * room.width * channels, stride * channels, line,
              gradient, wideFilters, rows, columns, sums + tap * wideLine * wideFilters * 4,
            );
          }
        }
        for (let tap = 0; tap < kernelHeight; tap += 1) {
          run.copyRows(sums + tap * wideLine * wideFilters * 4, wideFilters, heap.pointer(output) + tap * line * filters * 4, filters, line, filters);
        }
        return output;
      }),
    ),
  );
}

/**
 * dy [batch, rows, columns, filters] and kernel [h, w, channels, filters] -> [batch, height, width, channels].
 * The inputs of one remainder modulo the stride see the same taps: each such phase is a convolution of dy by them.
 */
export function inputGradient(heap: WasmHeap, dy: Tf.TensorInfo, kernel: Tf.TensorInfo, geometry: Geometry): Tf.TensorInfo {
  const { run } = heap;
  const { batch, height, width, channels, kernelHeight, kernelWidth, filters, rows, columns } = geometry;
  const output = heap.output([batch, height, width, channels]);
  const vertical = phases(height, kernelHeight, { stride: geometry.stride, before: geometry.top, outputs: rows });
  const horizontal = phases(width, kernelWidth, { stride: geometry.stride, before: geometry.left, outputs: columns });
  const room = { height: vertical.extent, width: horizontal.extent };
  const panelled = Math.ceil(channels / 8) * 8;
  const everyPhase = vertical.phases.flatMap((v) => horizontal.phases.map((h) => ({ v, h })));
  const sizeOf = ({ v, h }: { v: Phase; h: Phase }) => panelled * v.taps * h.taps * filters;
  return heap.borrow(everyPhase.reduce((sum, phase) => sum + sizeOf(phase), 0), (packed) => {
    let end = packed;
    const placed = everyPhase.map((phase) => {
      const { v, h } = phase;
      const at = end;
      end += sizeOf(phase) * 4;
      // From the last tap of the phase backwards, so that dy is read forwards.
      const tapStep = geometry.stride * kernelWidth * channels * filters;
      const columnStep = geometry.stride * channels * filters;
      const last = v.tap * kernelWidth * channels * filters + (v.taps - 1) * tapStep + h.tap * channels * filters + (h.taps - 1) * columnStep;
      run.pack(heap.pointer(kernel) + last * 4, v.taps, -tapStep, h.taps, -columnStep, filters, 1, channels, filters, at);
      return { v, h, at };
    });
    return heap.borrow(room.height * room.width * filters + slack(filters), (image) => {
      for (let n = 0; n < batch; n += 1) {
        run.pad(heap.pointer(dy) + n * rows * columns * filters * 4, rows, columns, filters, image, room.height, room.width, filters, vertical.before, horizontal.before);
        for (const { v, h, at } of placed) {
          run.correlate(
            image + (v.start * room.width + h.start) * filters * 4, room.width * filters, filters, room.width * filters, v.taps, h.taps * filters, at,
            heap.pointer(output) + ((n * height + v.first) * width + h.first) * channels * 4,
            geometry.stride * width * channels, geometry.stride * channels, v.count, h.count, channels,
          );
        }
      }
      return output;
    });
  });
}

interface Phase {
  /** First input position and how many there are, a stride apart. */
  readonly first: number;
  readonly count: number;
  /** First tap and how many there are, a stride apart. */
  readonly tap: number;
  readonly taps: number;
  /** Position in the padded dy that the first input's last tap reads. */
  readonly start: number;
}

/** Along one axis: input i reads output o by tap i + before - stride * o. */
function phases(inputs: number, taps: number, { stride, before, outputs }: { stride: number; before: number; outputs: number }) {
  const padding = Math.ceil(taps / stride) - 1;
  const list: Phase[] = [];
  let extent = padding + outputs;
  for (let first = 0; first < Math.min(stride, inputs); first += 1) {
    const tap = (first + before) % stride;
    const count = Math.ceil((inputs - first) / stride);
    const own = Math.max(0, Math.ceil((taps - tap) / stride));
    const start = Math.floor((first + before) / stride) - (own - 1) + padding;
    extent = Math.max(extent, start + count - 1 + own);
    list.push({ first, count, tap, taps: own, start });
  }
  return { phases: list, before: padding, extent };
}
