import type * as Tf from '@tensorflow/tfjs-core';
import { nth } from './operation.ts';
import type { Applied, Call } from './operation.ts';

/** The sum over the inputs of `input . kernel_i`, plus bias: several inputs are one wide input that nobody concatenates. */
export function dense(call: Call<'dense'>): Applied {
  const { tf, node, kernels } = call;
  const inputs = call.inputs as readonly Tf.Tensor2D[];
  const weights = call.weights.slice(0, inputs.length) as readonly Tf.Tensor2D[];
  const sum = kernels.sumOfProducts(inputs, weights);
  const output = call.operation.bias ? tf.add(sum, nth(call.weights, inputs.length, node)) : sum;
  if (call.training === undefined) return { output };
  return {
    output,
    gradient: (dy, wanted) => ({
      inputs: weights.map((kernel, index) => (wanted.inputs[index] ? kernels.productWithTransposed(dy as Tf.Tensor2D, kernel) : null)),
      weights: [
        ...inputs.map((input, index) => (wanted.weights[index] ? kernels.productOverBatch(input, dy as Tf.Tensor2D) : null)),
        ...(call.operation.bias ? [wanted.weights[inputs.length] ? tf.sum(dy, 0) : null] : []),
      ],
    }),
  };
}
