/** The eager engine over tfjs-node: every operation by TensorFlow.js' own, the oracle of the graph that `native` emits and its rival in the bench. */
import type * as Tf from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import { EagerModel } from '../../src/engines/eager-model.ts';
import type { Backend } from '../../src/engines/eager-model.ts';
import type { Model, ModelOptions } from '../../src/engines/engine.ts';
import { counterOf } from '../../src/engines/kernels.ts';
import type { AdamStep, DropoutPlace, Kernels, Moments, Normalised, NormalisedGradient } from '../../src/engines/kernels.ts';
import { instantiateKernels } from '../../src/engines/wasm-heap.ts';
import { sizeOf } from '../../src/models/layers.ts';
import type { Network } from '../../src/models/network.ts';

export async function openEagerNative(): Promise<(network: Network, options: ModelOptions) => Model> {
  const backend = await openNativeBackend();
  return (network, options) => new EagerModel(backend, network, options);
}

/** tfjs-node of `npm run build:native`. TensorFlow reads `nativeEnvironment` when it is first loaded. */
export async function openNativeBackend(): Promise<Backend> {
  const require = createRequire(import.meta.url);
  // tfjs-node 4.22 calls two functions that Node 23 removed.
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value == null;
  util.isArray ??= Array.isArray;
  const tf = require('../../.native/node_modules/@tensorflow/tfjs-node') as typeof Tf;
  await tf.setBackend('tensorflow');
  return {
    tf,
    kernels: composedKernels(tf, await openMasks()),
    activate: () => {
      if (tf.getBackend() !== 'tensorflow') void tf.setBackend('tensorflow');
    },
  };
}

/** WebAssembly's, which Node's types lack. */
const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer; grow(pages: number): number } } }).WebAssembly;

/** Makes dropout masks in a memory of its own: the eager engine's tensors lie in TensorFlow's. */
export async function openMasks(): Promise<(size: number, rate: number, at: Omit<DropoutPlace, 'skipped'>) => Float32Array> {
  const memory = new Memory({ initial: 1 });
  const kernels = await instantiateKernels(memory);
  return (size, rate, { seed, step, stream }) => {
    // The kernel writes whole groups of 16 values.
    const missing = Math.ceil(size / 16) * 64 - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    kernels.dropoutMask(0, size, BigInt(seed), counterOf(step), stream, rate, 1 / (1 - rate));
    return new Float32Array(memory.buffer, 0, size).slice();
  };
}

/** `makeMask` gives the values of a mask. */
function composedKernels(tf: typeof Tf, makeMask: (size: number, rate: number, at: DropoutPlace) => Float32Array): Kernels {
  return {
    reluGradient: (dy, output, slope) => tf.where(tf.greater(output, 0), dy, tf.mul(dy, slope)),
    sumOfProducts: (xs, kernels) => xs.map((x, index) => tf.matMul(x, kernels[index] as Tf.Tensor2D) as Tf.Tensor2D).reduce((sum, product) => tf.add(sum, product) as Tf.Tensor2D),
    productOverBatch: (x, dy) => tf.matMul(x, dy, true, false),
    productWithTransposed: (dy, kernel) => tf.matMul(dy, kernel, false, true),
    batchNorm: (x, gamma, beta, epsilon) => batchNorm(tf, { x, gamma, beta, epsilon }),
    batchNormGradient: (dy, x, gamma, normalised) => batchNormGradient(tf, { dy, x, gamma, normalised }),
    dropoutMask: (shape, rate, at) => tf.tensor(makeMask(sizeOf(shape), rate, at), [...shape]),
    adam: (state, gradient, by) => adam(tf, { state, gradient, by }),
  };
}

function batchNorm(tf: typeof Tf, { x, gamma, beta, epsilon }: { x: Tf.Tensor; gamma: Tf.Tensor | null; beta: Tf.Tensor; epsilon: number }): Normalised {
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const mean = tf.mean(x, axes);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), axes);
  const inverseDeviation = tf.rsqrt(tf.add(variance, epsilon));
  const scale = gamma === null ? inverseDeviation : tf.mul(inverseDeviation, gamma);
  return { output: tf.add(tf.mul(centred, scale), beta), mean, variance, inverseDeviation };
}

function batchNormGradient(
  tf: typeof Tf,
  { dy, x, gamma, normalised }: { dy: Tf.Tensor; x: Tf.Tensor; gamma: Tf.Tensor | null; normalised: Normalised },
): NormalisedGradient {
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const count = axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1);
  const standard = tf.mul(tf.sub(x, normalised.mean), normalised.inverseDeviation);
  const beta = tf.sum(dy, axes);
  const ofGamma = tf.sum(tf.mul(dy, standard), axes);
  const scale = gamma === null ? normalised.inverseDeviation : tf.mul(normalised.inverseDeviation, gamma);
  // dx = scale * (dy - mean(dy) - standard * mean(dy * standard))
  const dx = tf.mul(scale, tf.sub(tf.sub(dy, tf.div(beta, count)), tf.mul(standard, tf.div(ofGamma, count))));
  return { x: dx, gamma: gamma === null ? null : ofGamma, beta };
}

function adam(tf: typeof Tf, { state, gradient, by }: { state: Moments; gradient: Tf.Tensor; by: AdamStep }): Moments {
  const next = tf.tidy(() => {
    const first = tf.add(state.first, tf.mul(tf.sub(gradient, state.first), 1 - by.beta1));
    const second = tf.add(state.second, tf.mul(tf.sub(tf.square(gradient), state.second), 1 - by.beta2));
    const weight = tf.sub(state.weight, tf.div(tf.mul(first, by.rate), tf.add(tf.sqrt(second), by.epsilon)));
    return { weight, first, second };
  });
  for (const old of [state.weight, state.first, state.second]) old.dispose();
  return next;
}
