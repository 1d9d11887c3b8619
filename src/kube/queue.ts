import { backoffMilliseconds } from './backoff.ts';
import type { Clock } from './clock.ts';

/** How a pass over a key ended; the words are the values of the metric label `result`. */
export type PassResult =
  | { readonly kind: 'success' }
  /** Again after a backoff, as after an error. */
  | { readonly kind: 'requeue' }
  | { readonly kind: 'requeue_after'; readonly milliseconds: number }
  | { readonly kind: 'error' };

/** What happens to the keys, for metrics; what stands in the queue is asked for by `depths` and `activeSeconds`. */
export interface QueueObserver {
  /** A key became ready. */
  onAdd(): void;
  /** A key comes back after a backoff. */
  onRetry(): void;
  /** A pass began over a key that had been ready for so long. */
  onTake(seconds: number): void;
  /** A pass that took so long ended. */
  onDone(seconds: number): void;
}

export interface QueueOptions {
  readonly clock: Clock;
  readonly observer: QueueObserver;
}

export interface AddOptions {
  /** The higher goes first; default 0. */
  readonly priority?: number;
  /** Not ready before so many milliseconds have passed; default 0. */
  readonly afterMilliseconds?: number;
}

/** A key that has to have a pass; delayed, ready, or held back while another pass is at work on it. */
interface Waiting {
  readonly priority: number;
  /** Clock time of the pass at the earliest. */
  readonly at: number;
  /** Ends the wait for `at`; null when that time has come. */
  delay: AbortController | null;
  readySince: number;
}

interface Active {
  readonly priority: number;
  readonly since: number;
}

/** For keys of an initial list and for passes without a change: after a restart the real changes overtake them. */
export const backgroundPriority = -100;

const retryBounds = { firstMilliseconds: 5, longestMilliseconds: 1_000_000 };

/**
 * Keys that wait for a pass. A key stands in it once, however often it is added: with the highest of its priorities and
 * the earliest of its times. No key is ever given out twice at once: one that is added while a pass is at work on it is
 * given out again afterwards. Within a priority, first come, first served.
 */
export class Queue {
  readonly #clock: Clock;
  readonly #observer: QueueObserver;
  readonly #waiting = new Map<string, Waiting>();
  /** Those of them that may be taken, by priority, in the order in which they became ready. */
  readonly #ready = new Map<number, Set<string>>();
  readonly #active = new Map<string, Active>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((key: string | null) => void)[] = [];
  #isClosed = false;

  constructor({ clock, observer }: QueueOptions) {
    this.#clock = clock;
    this.#observer = observer;
  }

  add(key: string, { priority = 0, afterMilliseconds = 0 }: AddOptions = {}): void {
    if (this.#isClosed) return;
    const now = this.#clock.now();
    const before = this.#waiting.get(key);
    const highest = Math.max(priority, before?.priority ?? priority);
    const at = Math.min(now + afterMilliseconds, before?.at ?? Infinity);
    if (before?.priority === highest && before.at === at) return;
    if (before) this.#remove(key, before);
    const delay = at > now ? new AbortController() : null;
    const waiting: Waiting = { priority: highest, at, delay, readySince: now };
    this.#waiting.set(key, waiting);
    if (delay) this.#clock.wait(at - now, delay.signal).then(() => this.#endDelay(key, waiting), () => {});
    else this.#makeReady(key, waiting);
  }

  /** The next key, as soon as there is one; null once the queue is closed. Whoever takes a key must say when it is done. */
  async take(): Promise<string | null> {
    const key = this.#takeReady();
    if (key !== null || this.#isClosed) return key;
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  /** The pass over a taken key has ended: after a failure it comes back later and later, otherwise its failures are forgotten. */
  done(key: string, result: PassResult): void {
    const active = this.#active.get(key);
    if (!active) throw new Error(`Cannot end a pass over ${key}: none is at work on it`);
    const { priority } = active;
    if (result.kind === 'requeue' || result.kind === 'error') this.#retry(key, priority);
    else this.#failures.delete(key);
    if (result.kind === 'requeue_after') this.add(key, { priority, afterMilliseconds: result.milliseconds });
    this.#active.delete(key);
    this.#observer.onDone((this.#clock.now() - active.since) / 1000);
    const waiting = this.#waiting.get(key);
    if (waiting?.delay === null) this.#makeReady(key, waiting);
  }

  /** Gives nothing out any more and forgets what waits: the next process reads it anew. Passes at work may end. */
  close(): void {
    this.#isClosed = true;
    for (const { delay } of this.#waiting.values()) delay?.abort();
    this.#waiting.clear();
    this.#ready.clear();
    for (const taker of this.#takers.splice(0)) taker(null);
  }

  /** How many keys are ready, by priority. */
  depths(): ReadonlyMap<number, number> {
    return new Map([...this.#ready].map(([priority, keys]) => [priority, keys.size]));
  }

  /** For how long the passes at work have been so. */
  activeSeconds(): readonly number[] {
    return [...this.#active.values()].map(({ since }) => (this.#clock.now() - since) / 1000);
  }

  #retry(key: string, priority: number): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#observer.onRetry();
    this.add(key, { priority, afterMilliseconds: backoffMilliseconds(failures, retryBounds, 0) });
  }

  #endDelay(key: string, waiting: Waiting): void {
    // The wait may have ended in the same moment in which something else took its place.
    if (this.#waiting.get(key) !== waiting) return;
    waiting.delay = null;
    this.#makeReady(key, waiting);
  }

  #makeReady(key: string, waiting: Waiting): void {
    // done() comes back to it.
    if (this.#active.has(key)) return;
    waiting.readySince = this.#clock.now();
    const keys = this.#ready.get(waiting.priority) ?? new Set();
    this.#ready.set(waiting.priority, keys.add(key));
    this.#observer.onAdd();
    const taker = this.#takers.shift();
    if (taker) taker(this.#takeReady());
  }

  #takeReady(): string | null {
    const [key] = this.#ready.get(Math.max(...this.#ready.keys())) ?? [];
    const waiting = key === undefined ? undefined : this.#waiting.get(key);
    if (key === undefined || waiting === undefined) return null;
    this.#remove(key, waiting);
    const now = this.#clock.now();
    this.#active.set(key, { priority: waiting.priority, since: now });
    this.#observer.onTake((now - waiting.readySince) / 1000);
    return key;
  }

  #remove(key: string, { priority, delay }: Waiting): void {
    delay?.abort();
    this.#waiting.delete(key);
    const keys = this.#ready.get(priority);
    if (keys?.delete(key) && keys.size === 0) this.#ready.delete(priority);
  }
}
