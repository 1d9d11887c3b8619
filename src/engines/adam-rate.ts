import type { Adam } from './engine.ts';

/** The t-th step's learningRate * sqrt(1 - beta2^t) / (1 - beta1^t), rounded to float32 where Keras does: at t = 1 that is 6e-6. */
export function adamRate({ learningRate, beta1, beta2 }: Adam, t: number): number {
  const remaining = (beta: number) => Math.fround(1 - Math.fround(Math.fround(beta) ** t));
  return Math.fround(Math.fround(Math.fround(learningRate) * Math.fround(Math.sqrt(remaining(beta2)))) / remaining(beta1));
}
