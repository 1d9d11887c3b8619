import type { DeadlineOptions } from './deadline.ts';
import { startDeadline } from './deadline.ts';

/** Settles as `act` does, or rejects with the deadline's fault or the caller's reason. `act` learns of that by its signal; if it does not listen, it goes on unheard. */
export async function within<T>(options: DeadlineOptions, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = startDeadline(options);
  try {
    return await Promise.race([act(deadline.signal), abortOf(deadline.signal)]);
  } finally {
    deadline.end();
  }
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
