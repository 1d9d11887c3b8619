import type * as Tf from '@tensorflow/tfjs-core';

/**
 * Does work whose tensors, but for kept ones, are disposed of afterwards, also after an error. Unlike a tidy it looks for no
 * tensors in the result: among the numbers of a typed array that would take longer than the work.
 */
export function inScope<Result>(tf: typeof Tf, work: () => Result): Result {
  tf.engine().startScope();
  try {
    return work();
  } finally {
    tf.engine().endScope();
  }
}
