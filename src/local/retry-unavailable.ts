import { setTimeout as sleep } from 'node:timers/promises';
import { isStorageError } from '../storage/storage.ts';

export interface RetryOptions {
  /** Called with the fault before the first wait. */
  readonly onWait: (fault: Error) => void;
  /** Aborted: the fault is thrown at once. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly firstMilliseconds?: number;
}

const longestWait = 30_000;
/** As long as the run's lock lives without a sign of life. */
const patience = 5 * 60_000;

/** Does it again, for up to five minutes, while storage is unavailable; any other error is thrown at once. */
export async function retryUnavailable<T>(act: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { onWait, signal, now, firstMilliseconds = 1000 } = options;
  const since = now();
  for (let wait = firstMilliseconds; ; wait = Math.min(longestWait, wait * 2)) {
    try {
      return await act();
    } catch (error) {
      if (!isStorageError(error, 'Unavailable') || signal.aborted || now() - since + wait > patience) throw error;
      if (wait === firstMilliseconds) onWait(error);
      await sleep(wait, null, { signal }).catch(() => {
        throw error;
      });
    }
  }
}
