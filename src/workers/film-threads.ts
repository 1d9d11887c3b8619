import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FilmAnswer, FilmQuestion, FilmThreadSettings, PreparedFilm } from './film-thread.ts';

interface Waiting {
  readonly bytes: Uint8Array;
  readonly resolve: (film: PreparedFilm) => void;
  readonly reject: (error: unknown) => void;
}

/** While one film is decoded, outside the thread's own code, the thread works on another. */
const filmsAtOnce = 2;

/** As many threads as the machine has cores, each with two films at a time; films wait here for a free place. */
export class FilmThreads {
  /** A thread stands here once for each film that it has room for. */
  readonly #places: Worker[];
  readonly #all: readonly Worker[];
  readonly #busy = new Map<number, Waiting>();
  readonly #queue: Waiting[] = [];
  #started = 0;

  constructor(settings: FilmThreadSettings, threads = availableParallelism()) {
    // The thread's file lies beside this one, as TypeScript in a checkout and as JavaScript once compiled.
    const file = new URL(`./film-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
    this.#all = Array.from({ length: threads }, () => new Worker(file, { workerData: settings }));
    this.#places = Array.from({ length: filmsAtOnce }, () => this.#all).flat();
    for (const thread of this.#all) {
      thread.on('message', (answer: FilmAnswer) => this.#finish(thread, answer));
      thread.on('error', (error) => this.#fail(error));
    }
  }

  get count(): number {
    return this.#all.length;
  }

  /** The film's pictures, or why it is rejected. */
  prepare(bytes: Uint8Array): Promise<PreparedFilm> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ bytes, resolve, reject });
      this.#start();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((thread) => thread.terminate()));
  }

  #start(): void {
    const thread = this.#queue.length > 0 ? this.#places.shift() : undefined;
    const film = thread && this.#queue.shift();
    if (!thread || !film) return;
    this.#started += 1;
    this.#busy.set(this.#started, film);
    thread.postMessage({ id: this.#started, bytes: film.bytes } satisfies FilmQuestion);
  }

  #finish(thread: Worker, { id, ...answer }: FilmAnswer): void {
    const film = this.#busy.get(id);
    this.#busy.delete(id);
    this.#places.push(thread);
    this.#start();
    if (answer.kind === 'failed') film?.reject(answer.error);
    else film?.resolve(answer);
  }

  /** A thread that died takes its film with it: nobody may wait for ever. */
  #fail(error: unknown): void {
    for (const film of [...this.#busy.values(), ...this.#queue.splice(0)]) film.reject(error);
  }
}
