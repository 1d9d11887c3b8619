import type { Clock } from './clock.ts';
import type { PassResult, Queue } from './queue.ts';
import { within } from './within.ts';

/** One pass over one key. What it throws is counted and tried again; the signal aborts when its time is up. */
export type Pass = (key: string, signal: AbortSignal) => Promise<Exclude<PassResult, { kind: 'error' }>>;

export interface EndedPass {
  readonly key: string;
  readonly result: PassResult['kind'];
  readonly seconds: number;
  /** What was thrown; null unless the result is `error`. */
  readonly error: unknown;
  readonly isTimeOut: boolean;
}

/** For metrics and the log; how many passes are at work is asked for by `active`. */
export interface WorkersObserver {
  onPass(pass: EndedPass): void;
}

export interface WorkersOptions {
  readonly queue: Queue;
  readonly pass: Pass;
  readonly clock: Clock;
  readonly observer: WorkersObserver;
  /** Passes at once; default 8. */
  readonly count?: number;
}

const passSeconds = 60;
const drainSeconds = 20;

/** Makes passes over the keys of a queue, so many at once; nothing that a pass does ends a worker. */
export class Workers {
  /** Passes at once. */
  readonly count: number;
  readonly #options: WorkersOptions;
  readonly #cutShort = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #active = 0;

  constructor(options: WorkersOptions) {
    this.count = options.count ?? 8;
    this.#options = options;
  }

  start(): void {
    this.#running = Promise.all(Array.from({ length: this.count }, () => this.#work()));
  }

  /** How many workers are busy. */
  get active(): number {
    return this.#active;
  }

  /** Closes the queue and lets the passes at work end; those that are not done after 20 s are told to stop and are not waited for. */
  async stop(): Promise<void> {
    const { queue, clock } = this.#options;
    queue.close();
    const fault = () => new Error(`Cannot wait for the last passes: they take longer than ${drainSeconds} s`);
    await within({ clock, milliseconds: drainSeconds * 1000, fault }, () => this.#running).catch((error: unknown) => this.#cutShort.abort(error));
    await this.#running;
  }

  async #work(): Promise<void> {
    const { queue } = this.#options;
    for (let key = await queue.take(); key !== null; key = await queue.take()) await this.#passOver(key);
  }

  async #passOver(key: string): Promise<void> {
    const { queue, pass, clock, observer } = this.#options;
    const since = clock.now();
    const timeOut = new Error(`Cannot end the pass over ${key}: it takes longer than ${passSeconds} s`);
    let isOver: Promise<unknown> = Promise.resolve();
    const act = (signal: AbortSignal) => {
      const ending = pass(key, signal);
      isOver = ending.catch(() => {});
      return ending;
    };
    this.#active += 1;
    const options = { clock, milliseconds: passSeconds * 1000, signal: this.#cutShort.signal, fault: () => timeOut };
    const { result, error } = await within<PassResult>(options, act).then(
      (reached) => ({ result: reached, error: null }),
      (fault: unknown) => ({ result: { kind: 'error' } as const, error: fault }),
    );
    this.#active -= 1;
    observer.onPass({ key, result: result.kind, seconds: (clock.now() - since) / 1000, error, isTimeOut: error === timeOut });
    // A pass that outlives its time keeps its key, so that no other works on it, but not its worker.
    void isOver.then(() => queue.done(key, result));
  }
}
