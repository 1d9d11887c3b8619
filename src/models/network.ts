/**
 * models/ describes networks as data: a directed acyclic graph of nodes with shapes and weights. Engines, the .h5
 * layout and the parameter counts derive from it. Nothing here computes with pixels or knows TensorFlow.
 * Shapes are without the batch, channels last; a weight's full name is `<node>/<weight>`.
 */

export type Shape = readonly number[];
export type Padding = 'same' | 'valid';

export type Initialiser =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'glorotUniform'; readonly fanIn: number; readonly fanOut: number };

export interface Weight {
  /** Keras's word: kernel, bias, gamma, beta, moving_mean, moving_variance; `kernel_<i>` for the i-th input of a split sum. */
  readonly name: string;
  readonly shape: Shape;
  readonly initialiser: Initialiser;
  /** false for moving statistics and for nodes that are frozen. */
  readonly trainable: boolean;
}

export type Operation =
  /** Fed from outside; uint8 films or float32 vectors. */
  | { readonly kind: 'input'; readonly dtype: 'uint8' | 'float32' }
  /** scale * x + offset, as float32 (casts uint8). */
  | { readonly kind: 'affine'; readonly scale: number; readonly offset: number }
  /** The last axis, of width 1, repeated. */
  | { readonly kind: 'repeatChannels'; readonly times: number }
  | { readonly kind: 'conv2d'; readonly strides: number; readonly padding: Padding; readonly bias: boolean }
  /** TensorFlow's conv2d_transpose, padding same: output = input * strides. Kernel [h, w, out, in]. */
  | { readonly kind: 'conv2dTranspose'; readonly strides: number; readonly bias: boolean }
  | { readonly kind: 'maxPool2d'; readonly size: number; readonly strides: number; readonly padding: Padding }
  /** Padding does not count in the mean, as in Keras. */
  | { readonly kind: 'averagePool2d'; readonly size: number; readonly strides: number; readonly padding: Padding }
  /** Sum over the inputs of `input . kernel`, plus bias: one input is a dense layer, several are a split sum. */
  | { readonly kind: 'dense'; readonly bias: boolean }
  /** Over all axes but the last. Training uses the batch's mean and biased variance. */
  | {
      readonly kind: 'batchNorm';
      readonly epsilon: number;
      /** Weight of the old moving value; `ramp` = min(0.99, (1 + n) / (10 + n)) after n updates. */
      readonly momentum: number | 'ramp';
      /** Whether gamma exists; beta always does. */
      readonly scale: boolean;
    }
  /** Inverted dropout in training, by Philox keyed by (seed; step, `stream`); identity otherwise. */
  | { readonly kind: 'dropout'; readonly rate: number; readonly stream: number }
  | { readonly kind: 'leakyRelu'; readonly slope: number }
  | { readonly kind: 'relu' | 'tanh' | 'sigmoid' | 'softmax' }
  | { readonly kind: 'flatten' }
  | { readonly kind: 'reshape' }
  | { readonly kind: 'crop'; readonly top: number; readonly bottom: number; readonly left: number; readonly right: number }
  /** a + scale * b. */
  | { readonly kind: 'addScaled'; readonly scale: number }
  /** a - b. */
  | { readonly kind: 'subtract' }
  /** Along the last axis. */
  | { readonly kind: 'concat' }
  /**
   * Where a frozen network ends and one that is trained on it begins: the input rounded to float16 and back, through
   * which no gradient flows. It may be fed in place of being computed, so that it is the same whether such features are
   * kept or not. What is above it is frozen and without dropout: the same in training and in inference.
   */
  | { readonly kind: 'junction' }
  /** Scalar: mean over batch and elements. Inputs: prediction, target. */
  | { readonly kind: 'meanAbsoluteError' | 'meanSquaredError' }
  /** Scalar: sum of weight * cross-entropy / sum of weights (0 where all are 0). Inputs: logits, target 0-1, weight, all [n, k]. */
  | { readonly kind: 'binaryCrossEntropy' }
  /** Scalar: sum of weight * cross-entropy / sum of weights. Inputs: logits [n, k], target [n, k], weight [n, 1]. */
  | { readonly kind: 'categoricalCrossEntropy' };

export interface Node {
  readonly name: string;
  readonly operation: Operation;
  /** Names of the nodes it reads, in the order the operation says. */
  readonly inputs: readonly string[];
  /** Of the output; [] for a scalar. */
  readonly shape: Shape;
  readonly weights: readonly Weight[];
}

export interface Network {
  readonly name: string;
  /** Every node after those it reads. */
  readonly nodes: readonly Node[];
  /** Node that training minimises; absent for a network that is only run forward. */
  readonly objective?: string;
  /** Scalar nodes that are reported beside the objective. */
  readonly metrics: readonly string[];
  /** Nodes people may ask `predict` for, by the names used here. */
  readonly outputs: readonly string[];
}
