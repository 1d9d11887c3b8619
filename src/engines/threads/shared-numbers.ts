import type { Places } from './places.ts';

/** What all threads of a model see: arrays over SharedArrayBuffers, which messages carry without a copy. */
export interface SharedNumbers {
  /** Of all weights. */
  readonly weights: Float32Array;
  /** Absent for a network that is only run forward. */
  readonly training?: TrainingNumbers;
}

/** Each of the trainable weights. */
export interface TrainingNumbers {
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
  /** One array a thread: its part's share of the gradient. */
  readonly gradients: readonly Float32Array[];
}

/** All zeros; the system gives memory to what is written alone. */
export function shareNumbers({ count, trainableCount }: Places, { threads, isTrained }: { threads: number; isTrained: boolean }): SharedNumbers {
  const trainable = () => shared(trainableCount);
  return {
    weights: shared(count),
    ...(isTrained && { training: { firstMoments: trainable(), secondMoments: trainable(), gradients: Array.from({ length: threads }, trainable) } }),
  };
}

function shared(count: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * count));
}
