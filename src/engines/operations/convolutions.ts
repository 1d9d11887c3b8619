import type * as Tf from '@tensorflow/tfjs-core';
import { convolutionAttributes } from '../kernels.ts';
import { nth, toInput } from './operation.ts';
import type { Applied, Call } from './operation.ts';

export function conv2d(call: Call<'conv2d'>): Applied {
  const { tf, node, operation } = call;
  const x = nth(call.inputs, 0, node) as Tf.Tensor4D;
  const kernel = nth(call.weights, 0, node) as Tf.Tensor4D;
  const linear = tf.conv2d(x, kernel, operation.strides, operation.padding);
  const output = operation.bias ? tf.add(linear, nth(call.weights, 1, node)) : linear;
  if (call.training === undefined) return { output };
  const attributes = convolutionAttributes(operation.strides, operation.padding);
  return {
    output,
    gradient: (dy, wanted) => ({
      inputs: [wanted.inputs[0] ? inputGradient(tf, dy, kernel, { ...attributes, inputShape: x.shape }) : null],
      weights: [
        wanted.weights[0] ? filterGradient(tf, x, dy, { ...attributes, filterShape: kernel.shape }) : null,
        ...(operation.bias ? [wanted.weights[1] ? tf.sum(dy, [0, 1, 2]) : null] : []),
      ],
    }),
  };
}

/** A transposed convolution is the input gradient of the convolution with the same kernel. */
export function conv2dTranspose(call: Call<'conv2dTranspose'>): Applied {
  const { tf, node, operation } = call;
  const x = nth(call.inputs, 0, node) as Tf.Tensor4D;
  const kernel = nth(call.weights, 0, node) as Tf.Tensor4D;
  const attributes = convolutionAttributes(operation.strides, 'same');
  const linear = inputGradient(tf, x, kernel, { ...attributes, inputShape: [x.shape[0], ...node.shape] });
  const output = operation.bias ? tf.add(linear, nth(call.weights, 1, node)) : linear;
  if (call.training === undefined) return { output };
  return {
    output,
    gradient: (dy, wanted) => ({
      inputs: [wanted.inputs[0] ? tf.conv2d(dy as Tf.Tensor4D, kernel, operation.strides, 'same') : null],
      weights: [
        wanted.weights[0] ? filterGradient(tf, dy, x, { ...attributes, filterShape: kernel.shape }) : null,
        ...(operation.bias ? [wanted.weights[1] ? tf.sum(dy, [0, 1, 2]) : null] : []),
      ],
    }),
  };
}

function inputGradient(tf: typeof Tf, dy: Tf.Tensor, filter: Tf.Tensor, attributes: Tf.NamedAttrMap): Tf.Tensor {
  return tf.engine().runKernel<Tf.Tensor>('Conv2DBackpropInput', { dy, filter }, attributes);
}

function filterGradient(tf: typeof Tf, x: Tf.Tensor, dy: Tf.Tensor, attributes: Tf.NamedAttrMap): Tf.Tensor {
  return tf.engine().runKernel<Tf.Tensor>('Conv2DBackpropFilter', { x, dy }, attributes);
}

export function maxPool2d(call: Call<'maxPool2d'>): Applied {
  const { tf, operation } = call;
  const x = nth(call.inputs, 0, call.node) as Tf.Tensor4D;
  const output = tf.maxPool(x, operation.size, operation.strides, operation.padding);
  const attributes = { filterSize: operation.size, strides: operation.strides, pad: operation.padding };
  return { output, gradient: (dy) => toInput(tf.engine().runKernel<Tf.Tensor>('MaxPoolGrad', { dy, input: x, output }, attributes)) };
}

/** Forward only, for frozen networks: tfjs' gradient on wasm counts the padding in the mean. */
export function averagePool2d({ tf, operation, inputs, node }: Call<'averagePool2d'>): Applied {
  return { output: tf.avgPool(nth(inputs, 0, node) as Tf.Tensor4D, operation.size, operation.strides, operation.padding) };
}
