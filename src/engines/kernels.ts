import type * as Tf from '@tensorflow/tfjs-core';
import type { Padding } from '../models/network.ts';

/** What tfjs' public operations do slowly or not at all. */
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
  /** How many numbers of the place are left out before the first: those of the batch's films that another thread has. */
  readonly skipped: number;
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

/** Convolution's attributes as tfjs' kernels want them. */
export function convolutionAttributes(strides: number, padding: Padding): { strides: [number, number]; pad: Padding; dataFormat: 'NHWC'; dilations: [number, number] } {
  return { strides: [strides, strides], pad: padding, dataFormat: 'NHWC', dilations: [1, 1] };
}
