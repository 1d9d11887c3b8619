import type * as Tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../models/layers.ts';
import type { Padding } from '../models/network.ts';

/** What backends do in their own fastest way; `composedKernels` gives each by tfjs' public operations. */
export interface Kernels {
  /** dy where x > 0, else slope * dy; judged by the output, whose sign is that of x. */
  reluGradient(dy: Tf.Tensor, output: Tf.Tensor, slope: number): Tf.Tensor;
  /** The sum over i of xs[i] . kernels[i]; xs[i] [n, in of i], kernels[i] [in of i, out] -> [n, out]. */
  sumOfProducts(xs: readonly Tf.Tensor2D[], kernels: readonly Tf.Tensor2D[]): Tf.Tensor2D;
  /** x^T . dy; x [n, in], dy [n, out] -> [in, out]. */
  productOverBatch(x: Tf.Tensor2D, dy: Tf.Tensor2D): Tf.Tensor2D;
  /** dy . kernel^T; dy [n, out], kernel [in, out] -> [n, in]. */
  productWithTransposed(dy: Tf.Tensor2D, kernel: Tf.Tensor2D): Tf.Tensor2D;
  batchNorm(x: Tf.Tensor, gamma: Tf.Tensor | null, beta: Tf.Tensor, epsilon: number): Normalised;
  batchNormGradient(dy: Tf.Tensor, x: Tf.Tensor, gamma: Tf.Tensor | null, normalised: Normalised): NormalisedGradient;
  /**
   * 1 / (1 - rate) where the number in [0, 1) is at least rate, else 0. The numbers are those of TensorFlow's
   * `StatelessRandomUniformV2(key=[seed], counter=[step * 2^32, stream], alg=1)`. Blocks of numbers count up from the
   * counter: a bare step would make the mask of the next step this one's, moved by four places.
   */
  dropoutMask(shape: readonly number[], rate: number, at: DropoutPlace): Tf.Tensor;
  /** Updates the moments in place or by replacement, and gives the new three tensors; the old ones are disposed of. */
  adam(state: Moments, gradient: Tf.Tensor, by: AdamStep): Moments;
}

/** The first word of the counter that a step's numbers begin at. */
export function counterOf(step: number): bigint {
  return BigInt(step) << 32n;
}

/** Which random numbers. */
export interface DropoutPlace {
  readonly seed: number;
  readonly step: number;
  readonly stream: number;
}

export interface Normalised {
  readonly output: Tf.Tensor;
  /** Over all axes but the last. */
  readonly mean: Tf.Tensor;
  /** Biased. */
  readonly variance: Tf.Tensor;
  /** 1 / sqrt(variance + epsilon). */
  readonly inverseDeviation: Tf.Tensor;
}

export interface NormalisedGradient {
  readonly x: Tf.Tensor;
  readonly gamma: Tf.Tensor | null;
  readonly beta: Tf.Tensor;
}

export interface Moments {
  readonly weight: Tf.Tensor;
  readonly first: Tf.Tensor;
  readonly second: Tf.Tensor;
}

export interface AdamStep {
  /** learningRate * sqrt(1 - beta2^t) / (1 - beta1^t). */
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** `makeMask` gives the values of a mask. */
export function composedKernels(tf: typeof Tf, makeMask: (size: number, rate: number, at: DropoutPlace) => Float32Array): Kernels {
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

/** Convolution's attributes as tfjs' kernels want them. */
export function convolutionAttributes(strides: number, padding: Padding): { strides: [number, number]; pad: Padding; dataFormat: 'NHWC'; dilations: [number, number] } {
  return { strides: [strides, strides], pad: padding, dataFormat: 'NHWC', dilations: [1, 1] };
}
