import type { Clock } from './clock.ts';

export interface DeadlineOptions {
  readonly clock: Clock;
  readonly milliseconds: number;
  /** The caller's own wish to end. */
  readonly signal?: AbortSignal | undefined;
  /** What `signal` aborts with when the time is up. */
  readonly fault: () => Error;
}

export interface Deadline {
  /** Aborts when the caller's does, or when the time is up. */
  readonly signal: AbortSignal;
  /** Milliseconds until the time is up. */
  left(): number;
  /** The work's result, or the signal's reason if that comes first: for work that knows no signal. */
  race<T>(work: Promise<T>): Promise<T>;
  /** Stops the clock. Must be called, or the caller's signal keeps a listener. */
  end(): void;
}

export function startDeadline({ clock, milliseconds, signal, fault }: DeadlineOptions): Deadline {
  const until = clock.now() + milliseconds;
  const ended = new AbortController();
  const aborting = new AbortController();
  const aborted = Promise.withResolvers<never>();
  // Nobody may be racing when it comes.
  aborted.promise.catch(() => {});
  const abort = (reason: unknown) => {
    aborting.abort(reason);
    aborted.reject(reason);
  };
  const onAbort = () => abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  clock.wait(milliseconds, ended.signal).then(
    () => abort(fault()),
    () => {},
  );
  return {
    signal: aborting.signal,
    left: () => until - clock.now(),
    race: (work) => Promise.race([work, aborted.promise]),
    end: () => {
      signal?.removeEventListener('abort', onAbort);
      ended.abort();
    },
  };
}
