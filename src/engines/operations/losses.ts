import type * as Tf from '@tensorflow/tfjs-core';
import { nth } from './operation.ts';
import type { AnyCall, Applied } from './operation.ts';

/** Mean over batch and elements; the gradient of |x| at 0 is 0, as TensorFlow's. */
export function meanAbsoluteError({ tf, inputs, node }: AnyCall): Applied {
  const prediction = nth(inputs, 0, node);
  const target = nth(inputs, 1, node);
  return {
    output: tf.mean(tf.abs(tf.sub(prediction, target))),
    gradient: (dy, wanted) => {
      const slope = tf.mul(tf.sign(tf.sub(prediction, target)), tf.div(dy, prediction.size));
      return { inputs: [slope, wanted.inputs[1] ? tf.neg(slope) : null], weights: [] };
    },
  };
}

export function meanSquaredError({ tf, inputs, node }: AnyCall): Applied {
  const prediction = nth(inputs, 0, node);
  const target = nth(inputs, 1, node);
  return {
    output: tf.mean(tf.squaredDifference(prediction, target)),
    gradient: (dy, wanted) => {
      const slope = tf.mul(tf.sub(prediction, target), tf.div(tf.mul(dy, 2), prediction.size));
      return { inputs: [slope, wanted.inputs[1] ? tf.neg(slope) : null], weights: [] };
    },
  };
}

/** Of each logit on its own, from logits in the form that cannot overflow: max(x, 0) - x t + log(1 + exp(-|x|)). */
export function binaryCrossEntropy({ tf, inputs, node }: AnyCall): Applied {
  const [logits, target, weight] = [nth(inputs, 0, node), nth(inputs, 1, node), nth(inputs, 2, node)];
  const entropy = tf.add(tf.sub(tf.relu(logits), tf.mul(logits, target)), tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
  const total = tf.sum(weight);
  return {
    output: tf.divNoNan(tf.sum(tf.mul(entropy, weight)), total),
    saved: [total],
    gradient: (dy) => {
      const slope = tf.mul(tf.sub(tf.sigmoid(logits), target), weight);
      return { inputs: [tf.mul(slope, tf.divNoNan(dy, total)), null, null], weights: [] };
    },
  };
}

export function categoricalCrossEntropy({ tf, inputs, node }: AnyCall): Applied {
  const [logits, target, weight] = [nth(inputs, 0, node), nth(inputs, 1, node), nth(inputs, 2, node)];
  const entropy = tf.neg(tf.sum(tf.mul(target, logSoftmax(tf, logits)), -1, true));
  const total = tf.sum(weight);
  return {
    output: tf.divNoNan(tf.sum(tf.mul(entropy, weight)), total),
    saved: [total],
    gradient: (dy) => {
      const slope = tf.sub(tf.mul(tf.softmax(logits), tf.sum(target, -1, true)), target);
      return { inputs: [tf.mul(tf.mul(slope, weight), tf.divNoNan(dy, total)), null, null], weights: [] };
    },
  };
}

function logSoftmax(tf: typeof Tf, logits: Tf.Tensor): Tf.Tensor {
  const shifted = tf.sub(logits, tf.max(logits, -1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
}
