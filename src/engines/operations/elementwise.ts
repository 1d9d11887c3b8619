import type * as Tf from '@tensorflow/tfjs-core';
import { nth, toInput } from './operation.ts';
import type { AnyCall, Applied, Call } from './operation.ts';

export function affine({ tf, operation, inputs, node }: Call<'affine'>): Applied {
  const scaled = tf.mul(nth(inputs, 0, node), operation.scale);
  return { output: operation.offset === 0 ? scaled : tf.add(scaled, operation.offset), gradient: (dy) => toInput(tf.mul(dy, operation.scale)) };
}

export function leakyRelu(call: Call<'leakyRelu'>): Applied {
  const output = call.tf.leakyRelu(nth(call.inputs, 0, call.node), call.operation.slope);
  return { output, gradient: (dy) => toInput(call.kernels.reluGradient(dy, output, call.operation.slope)) };
}

export function relu(call: AnyCall): Applied {
  const output = call.tf.relu(nth(call.inputs, 0, call.node));
  return { output, gradient: (dy) => toInput(call.kernels.reluGradient(dy, output, 0)) };
}

export function tanh({ tf, inputs, node }: AnyCall): Applied {
  const output = tf.tanh(nth(inputs, 0, node));
  return { output, gradient: (dy) => toInput(tf.mul(dy, tf.sub(1, tf.square(output)))) };
}

export function sigmoid({ tf, inputs, node }: AnyCall): Applied {
  const output = tf.sigmoid(nth(inputs, 0, node));
  return { output, gradient: (dy) => toInput(tf.mul(dy, tf.mul(output, tf.sub(1, output)))) };
}

/** Over the last axis. */
export function softmax({ tf, inputs, node }: AnyCall): Applied {
  const output = tf.softmax(nth(inputs, 0, node));
  return { output, gradient: (dy) => toInput(tf.mul(output, tf.sub(dy, tf.sum(tf.mul(dy, output), -1, true)))) };
}

export function addScaled({ tf, operation, inputs, node }: Call<'addScaled'>): Applied {
  const scaled = (x: Tf.Tensor) => (operation.scale === 1 ? x : tf.mul(x, operation.scale));
  const output = tf.add(nth(inputs, 0, node), scaled(nth(inputs, 1, node)));
  return { output, gradient: (dy) => ({ inputs: [tf.clone(dy), operation.scale === 1 ? tf.clone(dy) : scaled(dy)], weights: [] }) };
}

export function subtract({ tf, inputs, node }: AnyCall): Applied {
  const output = tf.sub(nth(inputs, 0, node), nth(inputs, 1, node));
  return { output, gradient: (dy) => ({ inputs: [tf.clone(dy), tf.neg(dy)], weights: [] }) };
}
