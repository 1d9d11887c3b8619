/** Time as the runtime sees it: monotonic, so that a stepped wall clock moves no deadline. Tests put a virtual one in its place. */
import { setTimeout } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since some moment; never runs backwards. */
  now(): number;
  /** Resolves after so many milliseconds; rejects with the signal's reason once it aborts. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const monotonicClock: Clock = {
  now: () => performance.now(),
  wait: async (milliseconds, signal) => {
    try {
      await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // Node wraps the reason in an AbortError of its own.
      throw signal?.aborted ? signal.reason : error;
    }
  },
};
