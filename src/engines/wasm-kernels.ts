import type * as Tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../models/layers.ts';
import { counterOf } from './kernels.ts';
import type { AdamStep, Kernels, Moments, Normalised, NormalisedGradient } from './kernels.ts';
import type { WasmHeap } from './wasm-heap.ts';

/** The port `Kernels` by own wasm, each in one pass or two over its tensors. */
export function wasmKernels(tf: typeof Tf, heap: WasmHeap): Kernels {
  const tensor = (tensorInfo: Tf.TensorInfo) => tf.engine().makeTensorFromTensorInfo(tensorInfo);
  return {
    reluGradient: (dy, output, slope) => {
      const dx = heap.output(dy.shape);
      heap.run.reluGradient(heap.pointer(dy), heap.pointer(output), slope, heap.pointer(dx), dy.size);
      return tensor(dx);
    },
    sumOfProducts: (xs, kernels) => tensor(sumOfProducts(heap, xs, kernels)) as Tf.Tensor2D,
    productOverBatch: (x, dy) => tensor(productOverBatch(heap, x, dy)) as Tf.Tensor2D,
    productWithTransposed: (dy, kernel) => {
      const [batch, units] = dy.shape;
      const output = heap.output([batch, kernel.shape[0]]);
      heap.run.productWithTransposed(heap.pointer(dy), batch, heap.pointer(kernel), kernel.shape[0], units, heap.pointer(output));
      return tensor(output) as Tf.Tensor2D;
    },
    batchNorm: (x, gamma, beta, epsilon) => batchNorm({ heap, tensor }, { x, gamma, beta, epsilon }),
    batchNormGradient: (dy, x, gamma, normalised) => batchNormGradient({ heap, tensor }, { dy, x, gamma, normalised }),
    dropoutMask: (shape, rate, { seed, step, stream, skipped }) => {
      const size = sizeOf(shape);
      const mask = heap.output(shape);
      // A block has four numbers.
      const within = skipped % 4;
      const first = counterOf(step) + BigInt((skipped - within) / 4);
      // The kernel writes whole groups of 16 values.
      heap.borrow(Math.ceil((within + size) / 16) * 16, (scratch) => {
        heap.run.dropoutMask(scratch, within + size, BigInt(seed), first, stream, rate, 1 / (1 - rate));
        heap.run.copyRows(scratch + 4 * within, size, heap.pointer(mask), size, 1, size);
      });
      return tensor(mask);
    },
    adam: (state, gradient, by) => adam({ heap, tensor }, { state, gradient, by }),
  };
}

interface Tools {
  readonly heap: WasmHeap;
  readonly tensor: (tensorInfo: Tf.TensorInfo) => Tf.Tensor;
}

function sumOfProducts(heap: WasmHeap, xs: readonly Tf.Tensor2D[], kernels: readonly Tf.Tensor2D[]): Tf.TensorInfo {
  const [batch, units] = [xs[0]?.shape[0] ?? 0, kernels[0]?.shape[1] ?? 0];
  const output = heap.output([batch, units]);
  heap.values(output).fill(0);
  for (const [index, x] of xs.entries()) {
    const kernel = kernels[index];
    if (kernel !== undefined) heap.run.addProduct(heap.pointer(x), batch, x.shape[1], heap.pointer(kernel), units, heap.pointer(output));
  }
  return output;
}

function productOverBatch(heap: WasmHeap, x: Tf.Tensor2D, dy: Tf.Tensor2D): Tf.TensorInfo {
  const [batch, inputs] = x.shape;
  const units = dy.shape[1];
  const output = heap.output([inputs, units]);
  // The kernel works on whole vectors: rows and units beyond are summed and thrown away.
  const [wideInputs, wideUnits] = [Math.ceil(inputs / 4) * 4, Math.ceil(units / 4) * 4];
  // Rows a power of two apart would share one set of the first-level cache and drive each other out of it.
  const step = wideInputs + 16;
  heap.borrow(wideInputs * wideUnits, (sums) =>
    heap.borrow(batch * wideUnits, (wideDy) =>
      heap.borrow(batch * step, (wideX) => {
        heap.run.pad(0, 0, 0, 1, sums, 1, wideInputs, wideUnits, 0, 0);
        heap.run.pad(heap.pointer(dy), 1, batch, units, wideDy, 1, batch, wideUnits, 0, 0);
        heap.run.copyRows(heap.pointer(x), inputs, wideX, step, batch, inputs);
        heap.run.accumulateProducts(wideX, 0, step, inputs, wideDy, wideUnits, 1, batch, sums);
        heap.run.copyRows(sums, wideUnits, heap.pointer(output), units, inputs, units);
      }),
    ),
  );
  return output;
}

function batchNorm({ heap, tensor }: Tools, { x, gamma, beta, epsilon }: { x: Tf.Tensor; gamma: Tf.Tensor | null; beta: Tf.Tensor; epsilon: number }): Normalised {
  const columns = x.shape.at(-1) ?? 1;
  const rows = x.size / columns;
  const at = heap.pointer(x);
  const mean = heap.vector(heap.doubles(columns, (sums) => heap.run.columnSums(at, rows, columns, sums)).map((sum) => sum / rows));
  const centre = heap.pointer(mean);
  const variances = heap.doubles(columns, (sums) => heap.run.columnProducts(at, centre, at, centre, rows, columns, sums)).map((sum) => sum / rows);
  const inverses = variances.map((variance) => 1 / Math.sqrt(variance + epsilon));
  const scales = gamma === null ? inverses : multiply(inverses, heap.values(gamma));
  const output = heap.output(x.shape);
  const scale = tensor(heap.vector(scales));
  heap.run.scaleColumns(at, centre, heap.pointer(scale), heap.pointer(beta), heap.pointer(output), rows, columns);
  scale.dispose();
  return { output: tensor(output), mean: tensor(mean), variance: tensor(heap.vector(variances)), inverseDeviation: tensor(heap.vector(inverses)) };
}

function batchNormGradient(
  { heap, tensor }: Tools,
  { dy, x, gamma, normalised }: { dy: Tf.Tensor; x: Tf.Tensor; gamma: Tf.Tensor | null; normalised: Normalised },
): NormalisedGradient {
  const columns = x.shape.at(-1) ?? 1;
  const rows = x.size / columns;
  const mean = heap.pointer(normalised.mean);
  const inverses = [...heap.values(normalised.inverseDeviation)];
  const ofBeta = heap.doubles(columns, (sums) => heap.run.columnSums(heap.pointer(dy), rows, columns, sums));
  const zeros = tensor(heap.vector(ofBeta.map(() => 0)));
  const products = heap.doubles(columns, (sums) => heap.run.columnProducts(heap.pointer(dy), heap.pointer(zeros), heap.pointer(x), mean, rows, columns, sums));
  const ofGamma = multiply(products, inverses);
  // dx = scale * (dy - mean(dy) - standard * mean(dy * standard)), standard = (x - mean) * inverse
  const vectors = [
    ofBeta.map((sum) => sum / rows),
    multiply(ofGamma, inverses).map((sum) => sum / rows),
    gamma === null ? inverses : multiply(inverses, heap.values(gamma)),
  ].map((values) => tensor(heap.vector(values)));
  const [a = 0, b = 0, c = 0] = vectors.map((vector) => heap.pointer(vector));
  const dx = heap.output(x.shape);
  heap.run.normalisationGradient(heap.pointer(dy), heap.pointer(x), mean, a, b, c, heap.pointer(dx), rows, columns);
  for (const vector of [zeros, ...vectors]) vector.dispose();
  return { x: tensor(dx), gamma: gamma === null ? null : tensor(heap.vector(ofGamma)), beta: tensor(heap.vector(ofBeta)) };
}

function multiply(a: readonly number[], b: ArrayLike<number>): number[] {
  return a.map((value, index) => value * (b[index] ?? Number.NaN));
}

/** The moments in place; the weight apart, for tfjs may have packed the old one. */
function adam({ heap, tensor }: Tools, { state, gradient, by }: { state: Moments; gradient: Tf.Tensor; by: AdamStep }): Moments {
  const weight = heap.output(state.weight.shape);
  heap.run.adam(
    heap.pointer(state.weight), heap.pointer(state.first), heap.pointer(state.second), heap.pointer(gradient), heap.pointer(weight), gradient.size,
    by.rate, by.beta1, by.beta2, by.epsilon,
  );
  state.weight.dispose();
  return { ...state, weight: tensor(weight) };
}
