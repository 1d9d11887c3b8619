import type { DeadlineOptions } from './deadline.ts';
import { startDeadline } from './deadline.ts';

/** Settles as `act` does, or rejects with the deadline's fault or the caller's reason. `act` learns of that by its signal; if it does not listen, it goes on unheard. */
export async function within<T>(options: DeadlineOptions, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = startDeadline(options);
  try {
    return await deadline.race(act(deadline.signal));
  } finally {
    deadline.end();
  }
}
