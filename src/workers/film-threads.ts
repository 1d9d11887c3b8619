import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FilmAnswer, FilmFile, FilmQuestion, FilmThreadSettings, PreparedFilms } from './film-thread.ts';

interface Waiting {
  readonly files: readonly FilmFile[];
  readonly resolve: (films: PreparedFilms) => void;
  readonly reject: (error: unknown) => void;
}

/** While libvips decodes a film, outside the thread's own code, the thread works on another; and it never waits for work. */
const batchesAtOnce = 2;

/** As many threads as the machine has cores, each with two batches of films at a time; batches wait here for a free place. */
export class FilmThreads {
  /** A thread stands here once for each batch that it has room for. */
  readonly #places: Worker[];
  readonly #all: readonly Worker[];
  readonly #busy = new Map<number, Waiting>();
  readonly #queue: Waiting[] = [];
  /** Memory of records that are written: new memory each time would have to be found, and collected, as fast as films come. */
  readonly #rooms: ArrayBuffer[] = [];
  #started = 0;
  /** Why no thread answers any more. */
  #failure: { readonly error: unknown } | null = null;

  constructor(settings: FilmThreadSettings, threads = availableParallelism()) {
    // The thread's file lies beside this one, as TypeScript in a checkout and as JavaScript once compiled.
    const file = new URL(`./film-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
    this.#all = Array.from({ length: threads }, () => new Worker(file, { workerData: settings }));
    this.#places = Array.from({ length: batchesAtOnce }, () => this.#all).flat();
    for (const thread of this.#all) {
      thread.on('message', (answer: FilmAnswer) => this.#finish(thread, answer));
      thread.on('error', (error) => this.#fail(error));
      thread.on('exit', (code) => this.#fail(new Error(`Cannot prepare films: a thread that prepares them ended with exit code ${code}`)));
    }
  }

  get count(): number {
    return this.#all.length;
  }

  /** The records of some films; their memory may be given back. */
  prepare(files: readonly FilmFile[]): Promise<PreparedFilms> {
    if (this.#failure !== null) return Promise.reject(this.#failure.error);
    return new Promise((resolve, reject) => {
      this.#queue.push({ files, resolve, reject });
      this.#start();
    });
  }

  /** The memory of records that are no longer needed. */
  giveBack(room: ArrayBuffer): void {
    this.#rooms.push(room);
  }

  async close(): Promise<void> {
    this.#fail(new Error('Cannot prepare films: their threads are closed'));
    await Promise.all(this.#all.map((thread) => thread.terminate()));
  }

  #start(): void {
    const thread = this.#queue.length > 0 ? this.#places.shift() : undefined;
    const batch = thread && this.#queue.shift();
    if (!thread || !batch) return;
    this.#started += 1;
    this.#busy.set(this.#started, batch);
    const room = this.#rooms.pop() ?? new ArrayBuffer(0);
    thread.postMessage({ id: this.#started, files: batch.files, room } satisfies FilmQuestion, [room]);
  }

  #finish(thread: Worker, { id, ...answer }: FilmAnswer): void {
    const batch = this.#busy.get(id);
    this.#busy.delete(id);
    this.#places.push(thread);
    this.#start();
    if (answer.kind === 'failed') batch?.reject(answer.error);
    else batch?.resolve({ outcomes: answer.outcomes, pieces: answer.pieces, room: answer.room });
  }

  /** A thread that died takes its films with it: nobody may wait for ever. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const batch of [...this.#busy.values(), ...this.#queue.splice(0)]) batch.reject(error);
  }
}
