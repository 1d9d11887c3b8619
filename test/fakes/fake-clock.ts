/** A clock that moves only when it is told to. */
import type { Clock } from '../../src/kube/clock.ts';

export class FakeClock implements Clock {
  #now = 0;
  readonly #waiting = new Set<{ readonly at: number; readonly wake: () => void }>();

  now(): number {
    return this.#now;
  }

  /** How many wait for a later time. */
  get sleepers(): number {
    return this.#waiting.size;
  }

  wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = { at: this.#now + milliseconds, wake: () => (signal?.removeEventListener('abort', onAbort), resolve()) };
      const onAbort = () => {
        this.#waiting.delete(sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(sleeper);
    });
  }

  /** Moves the time on, waking sleepers one after the other in the order of their times; what they start may sleep again within it. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      await settle();
      const [next] = [...this.#waiting].filter(({ at }) => at <= end).sort((left, right) => left.at - right.at);
      if (!next) break;
      this.#waiting.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets every promise that is ready run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
