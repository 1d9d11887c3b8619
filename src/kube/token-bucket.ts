import type { Clock } from './clock.ts';

export interface TokenBucketOptions {
  readonly clock: Clock;
  /** Tokens that come back each second; 0 = no limit. */
  readonly perSecond: number;
  /** Tokens of a full bucket, so many may go at once. */
  readonly burst: number;
}

/** Lets so many pass each second, in the order in which they came. */
export class TokenBucket {
  readonly #options: TokenBucketOptions;
  /** Time at which the bucket is full again: one number holds both its level and the queue before it. */
  #fullAt: number;

  constructor(options: TokenBucketOptions) {
    this.#options = options;
    this.#fullAt = options.clock.now();
  }

  /** Resolves when the caller may go, with the milliseconds it had to wait; rejects with the signal's reason and gives the token back. */
  async take(signal?: AbortSignal): Promise<number> {
    const { clock, perSecond, burst } = this.#options;
    if (perSecond === 0) return 0;
    const millisecondsEach = 1000 / perSecond;
    this.#fullAt = Math.max(this.#fullAt, clock.now()) + millisecondsEach;
    const wait = Math.max(0, this.#fullAt - clock.now() - burst * millisecondsEach);
    if (wait === 0) return 0;
    try {
      await clock.wait(wait, signal);
    } catch (error) {
      this.#fullAt -= millisecondsEach;
      throw error;
    }
    return wait;
  }
}
