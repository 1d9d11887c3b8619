import type { Backend } from '../eager-model.ts';
import type { Question } from './question.ts';
import type { SharedNumbers } from './shared-numbers.ts';

/** Numbers updated at a time: few enough to stay near the core, and next to nothing of a heap. */
const atATime = 1 << 18;

/** Adam on the numbers from `from` to `to` of all that are trained, by the sum of the threads' gradients in the threads' order. */
export function updateSlice(backend: Backend, { weights, training }: SharedNumbers, { from, to, parts, by }: Extract<Question, { readonly kind: 'update' }>): void {
  if (training === undefined) throw new Error('Cannot update a network that is only run forward');
  const { tf, kernels } = backend;
  const { firstMoments, secondMoments } = training;
  const gradients = training.gradients.slice(0, parts);
  for (let start = from; start < to; start += atATime) {
    const end = Math.min(to, start + atATime);
    tf.tidy(() => {
      const tensor = (numbers: Float32Array) => tf.tensor(numbers, [end - start]);
      const state = { weight: tensor(weights.subarray(start, end)), first: tensor(firstMoments.subarray(start, end)), second: tensor(secondMoments.subarray(start, end)) };
      const next = kernels.adam(state, tensor(sum(gradients, start, end)), by);
      weights.set(next.weight.dataSync<'float32'>(), start);
      firstMoments.set(next.first.dataSync<'float32'>(), start);
      secondMoments.set(next.second.dataSync<'float32'>(), start);
    });
  }
}

function sum([first, ...others]: readonly Float32Array[], start: number, end: number): Float32Array {
  const sums = new Float32Array(end - start);
  if (first !== undefined) sums.set(first.subarray(start, end));
  for (const other of others) for (let index = 0; index < sums.length; index += 1) sums[index] = (sums[index] ?? 0) + (other[start + index] ?? 0);
  return sums;
}
