import type { LockRequest, RunLock } from '../storage/lock.ts';
import { LockLostError, takeLock } from '../storage/lock.ts';

export interface HeldLock {
  readonly lock: RunLock;
  /** Aborted when another run has taken over. */
  readonly takenOver: AbortSignal;
}

export interface WithLockOptions extends LockRequest {
  /** A line for people. */
  readonly note: (line: string) => void;
}

const heartbeatSeconds = 60;

/** Works under the lock of a training's folder, and gives it back. Throws LockHeldError, and LockLostError when another run has taken over. */
export async function withLock<T>({ note, ...request }: WithLockOptions, work: (held: HeldLock) => Promise<T>): Promise<T> {
  const lock = await takeLock(request);
  const takenOver = new AbortController();
  const heartbeat = keep({ lock, takenOver, note });
  try {
    const done = await work({ lock, takenOver: takenOver.signal });
    if (takenOver.signal.aborted) await lock.check();
    return done;
  } finally {
    clearInterval(heartbeat);
    // A lock that is not ours any more stays with its new owner.
    await lock.release().catch((cause: unknown) => note(`Cannot release the lock: ${String(cause)}`));
  }
}

interface Keeping {
  readonly lock: RunLock;
  readonly takenOver: AbortController;
  readonly note: (line: string) => void;
}

/** Signs of life; the first of several that fail is told. */
function keep({ lock, takenOver, note }: Keeping): NodeJS.Timeout {
  let isTold = false;
  const refresh = async () => {
    try {
      await lock.refresh();
      isTold = false;
    } catch (error) {
      if (error instanceof LockLostError) takenOver.abort();
      else if (!isTold) note(`Cannot refresh the lock: ${error instanceof Error ? error.message : String(error)}`);
      isTold = true;
    }
  };
  return setInterval(() => void refresh(), heartbeatSeconds * 1000);
}
