import type * as Tf from '@tensorflow/tfjs-core';
import { nth, toInput } from './operation.ts';
import type { AnyCall, Applied, Call } from './operation.ts';

/** flatten and reshape. */
export function reshape({ tf, inputs, node }: AnyCall): Applied {
  const x = nth(inputs, 0, node);
  const shape = x.shape;
  return { output: tf.reshape(x, [shape[0] ?? 0, ...node.shape]), gradient: (dy) => toInput(tf.reshape(dy, shape)) };
}

/** By a product with ones, which broadcasts: tfjs' tile is far slower on wasm. */
export function repeatChannels({ tf, operation, inputs, node }: Call<'repeatChannels'>): Applied {
  const output = tf.mul(nth(inputs, 0, node), tf.ones([operation.times]));
  return { output, gradient: (dy) => toInput(tf.sum(dy, -1, true)) };
}

export function crop({ tf, operation, inputs, node }: Call<'crop'>): Applied {
  const x = nth(inputs, 0, node);
  const [height = 0, width = 0, channels = 0] = node.shape;
  const output = tf.slice(x, [0, operation.top, operation.left, 0], [x.shape[0] ?? 0, height, width, channels]);
  const paddings: [number, number][] = [[0, 0], [operation.top, operation.bottom], [operation.left, operation.right], [0, 0]];
  return { output, gradient: (dy) => toInput(tf.pad(dy, paddings)) };
}

/** Along the last axis. */
export function concat({ tf, inputs }: AnyCall): Applied {
  const widths = inputs.map((input) => input.shape.at(-1) ?? 0);
  return {
    output: tf.concat([...inputs], -1),
    gradient: (dy) => ({ inputs: tf.split(dy as Tf.Tensor1D, widths, -1), weights: [] }),
  };
}
