import type * as Tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../../models/layers.ts';
import type { Node } from '../../models/network.ts';
import { rampedMomentum } from '../ramped-momentum.ts';
import { nth, toInput } from './operation.ts';
import type { Applied, Call } from './operation.ts';

export function batchNorm(call: Call<'batchNorm'>): Applied {
  const { tf, node, operation, kernels } = call;
  const x = nth(call.inputs, 0, node);
  const gamma = operation.scale ? weight(call, 'gamma') : null;
  const beta = weight(call, 'beta');
  const movingMean = weight(call, 'moving_mean');
  const movingVariance = weight(call, 'moving_variance');
  // A frozen node keeps its moving statistics, as in Keras.
  if (call.training === undefined || !isTrained(node)) {
    const inverse = tf.rsqrt(tf.add(movingVariance, operation.epsilon));
    const scale = gamma === null ? inverse : tf.mul(inverse, gamma);
    const output = tf.add(tf.mul(x, scale), tf.sub(beta, tf.mul(movingMean, scale)));
    return { output, saved: [scale], gradient: (dy) => ({ inputs: [tf.mul(dy, scale)], weights: node.weights.map(() => null) }) };
  }
  const normalised = kernels.batchNorm(x, gamma, beta, operation.epsilon);
  const momentum = operation.momentum === 'ramp' ? rampedMomentum(call.training.updates) : operation.momentum;
  const moved = (old: Tf.Tensor, now: Tf.Tensor) => tf.add(tf.mul(old, momentum), tf.mul(now, 1 - momentum));
  return {
    output: normalised.output,
    saved: [normalised.mean, normalised.variance, normalised.inverseDeviation],
    moved: [
      { weight: 'moving_mean', value: moved(movingMean, normalised.mean) },
      { weight: 'moving_variance', value: moved(movingVariance, normalised.variance) },
    ],
    gradient: (dy) => {
      const gradients = kernels.batchNormGradient(dy, x, gamma, normalised);
      const ofWeight: Readonly<Record<string, Tf.Tensor | null>> = { gamma: gradients.gamma, beta: gradients.beta };
      return { inputs: [gradients.x], weights: node.weights.map(({ name }) => ofWeight[name] ?? null) };
    },
  };
}

function isTrained(node: Node): boolean {
  return node.weights.some((each) => each.trainable);
}

function weight(call: Call<'batchNorm'>, name: string): Tf.Tensor {
  return nth(call.weights, indexOf(call.node, name), call.node);
}

function indexOf(node: Node, name: string): number {
  return node.weights.findIndex((each) => each.name === name);
}

export function dropout(call: Call<'dropout'>): Applied {
  const { tf, operation, training } = call;
  const x = nth(call.inputs, 0, call.node);
  if (training === undefined || operation.rate === 0) return { output: tf.clone(x), gradient: (dy) => toInput(tf.clone(dy)) };
  const skipped = (training.firstFilm ?? 0) * sizeOf(call.node.shape);
  const mask = call.kernels.dropoutMask(x.shape, operation.rate, { seed: training.seed, step: training.updates, stream: operation.stream, skipped });
  return { output: tf.mul(x, mask), saved: [mask], gradient: (dy) => toInput(tf.mul(dy, mask)) };
}
