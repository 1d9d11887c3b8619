import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Visit } from './batches.ts';
import type { FilmSet } from './films.ts';
import type { PixelAnswer, PixelQuestion } from './pixel-thread.ts';

/** One decodes 2,000 films of 299 px a second: more than one are for GPUs, whose machines have the cores. */
const mostThreads = 4;

/**
 * Reads, checks, decodes and flips films in threads, for an engine keeps its own busy. There are two batches of memory:
 * what `read` gave stands until it is asked for the next but one.
 */
export class PixelThreads {
  readonly #films: FilmSet;
  readonly #count: number;
  readonly #slots: readonly [SharedArrayBuffer, SharedArrayBuffer];
  /** Why no thread answers any more. */
  #failure: { readonly error: unknown } | null = null;
  readonly #waiting = new Map<number, { resolve: () => void; reject: (error: unknown) => void }>();
  /** Started when they are first needed. */
  #threads: readonly Worker[] = [];
  #batches = 0;
  #questions = 0;

  constructor(films: FilmSet, { batchSize, threads = Math.max(1, Math.min(mostThreads, Math.floor(availableParallelism() / 4))) }: { batchSize: number; threads?: number }) {
    this.#films = films;
    this.#count = threads;
    const bytes = batchSize * films.copies.size ** 2;
    this.#slots = [new SharedArrayBuffer(bytes), new SharedArrayBuffer(bytes)];
  }

  /** The pixels of at most `batchSize` visits: uint8 [n, size, size]. Throws what reading them throws. */
  async read(visits: readonly Visit[]): Promise<Uint8Array> {
    const bytesEach = this.#films.copies.size ** 2;
    const target = this.#slots[this.#batches % 2 === 0 ? 0 : 1];
    this.#batches += 1;
    const threads = this.#started();
    const each = Math.ceil(visits.length / threads.length);
    await Promise.all(threads.map((thread, index) => this.#ask(thread, { visits: visits.slice(index * each, (index + 1) * each), target, offset: index * each * bytesEach })));
    return new Uint8Array(target, 0, visits.length * bytesEach);
  }

  async close(): Promise<void> {
    this.#fail(new Error('Cannot read films: their threads are closed'));
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  #started(): readonly Worker[] {
    if (this.#threads.length > 0) return this.#threads;
    // The thread's file lies beside this one, as TypeScript in a checkout and as JavaScript once compiled.
    const file = new URL(`./pixel-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
    this.#threads = Array.from({ length: this.#count }, () => new Worker(file, { workerData: this.#films.copies }));
    for (const thread of this.#threads) {
      thread.on('message', ({ id, error }: PixelAnswer) => {
        const waiting = this.#waiting.get(id);
        this.#waiting.delete(id);
        if (error === undefined) waiting?.resolve();
        else waiting?.reject(error);
      });
      thread.on('error', (error) => this.#fail(error));
      thread.on('exit', (code) => this.#fail(new Error(`Cannot read films: a thread that reads them ended with exit code ${code}`)));
    }
    return this.#threads;
  }

  #ask(thread: Worker, question: Omit<PixelQuestion, 'id'>): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure.error);
    if (question.visits.length === 0) return Promise.resolve();
    this.#questions += 1;
    const id = this.#questions;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      thread.postMessage({ ...question, id } satisfies PixelQuestion);
    });
  }

  /** Nobody may wait for a thread that is gone. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
