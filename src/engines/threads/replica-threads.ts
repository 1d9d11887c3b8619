import { Worker } from 'node:worker_threads';
import type { Answers, Message, Question, ReplicaSettings, Reply } from './question.ts';

interface Waiting {
  readonly thread: Worker;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Threads with one wasm instance each, started for the first model that is loaded and ended with the last. */
export class ReplicaThreads {
  readonly count: number;
  #threads: readonly Worker[] = [];
  readonly #models = new Set<number>();
  readonly #waiting = new Map<number, Waiting>();
  #failure: Error | null = null;
  #loaded = 0;
  #asked = 0;

  constructor(count: number) {
    this.count = count;
  }

  /** Every thread gets a replica. Gives the model's number. */
  load(settings: Omit<ReplicaSettings, 'index'>): number {
    if (this.#models.size === 0) this.#start();
    this.#loaded += 1;
    this.#models.add(this.#loaded);
    for (const [index, thread] of this.#threads.entries()) post(thread, { kind: 'load', model: this.#loaded, settings: { ...settings, index } });
    return this.#loaded;
  }

  unload(model: number): void {
    if (!this.#models.delete(model)) return;
    if (this.#models.size === 0) this.#end(new Error('Cannot answer: the model was disposed of'));
    else for (const thread of this.#threads) post(thread, { kind: 'unload', model });
  }

  /** Rejects with what went wrong in the thread, or when any thread dies: the others' answers are of no use alone. */
  ask<Kind extends Question['kind']>(index: number, model: number, question: Question & { readonly kind: Kind }): Promise<Answers[Kind]> {
    return new Promise((resolve, reject) => {
      const thread = this.#threads[index];
      if (this.#failure !== null || thread === undefined || !this.#models.has(model)) {
        reject(this.#failure ?? new Error(`Cannot ask thread ${String(index + 1)}: the model was disposed of`));
        return;
      }
      this.#asked += 1;
      this.#waiting.set(this.#asked, { thread, resolve: resolve as (answer: unknown) => void, reject });
      // The process stays alive for an answer, not for a thread that waits.
      thread.ref();
      post(thread, { kind: 'ask', model, id: this.#asked, question });
    });
  }

  #start(): void {
    this.#failure = null;
    // The thread's file lies beside this one, as TypeScript in a checkout and as JavaScript once compiled.
    const file = new URL(`./replica-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
    this.#threads = Array.from({ length: this.count }, (_, index) => {
      const thread = new Worker(file);
      const fail = (reason: string) => {
        if (this.#threads.includes(thread)) this.#fail(new Error(`Cannot go on: thread ${String(index + 1)} of ${String(this.count)} of the wasm engine died: ${reason}`));
      };
      thread.on('message', (reply: Reply) => this.#finish(reply));
      thread.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
      thread.on('exit', (code) => fail(`exit code ${String(code)}`));
      thread.unref();
      return thread;
    });
  }

  #finish(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    this.#waiting.delete(reply.id);
    if (![...this.#waiting.values()].some(({ thread }) => thread === waiting.thread)) waiting.thread.unref();
    if (reply.kind === 'failed') waiting.reject(reply.error);
    else waiting.resolve(reply.answer);
  }

  /** For good, until all models are disposed of. */
  #fail(error: Error): void {
    this.#end(error);
    this.#failure = error;
  }

  #end(error: Error): void {
    const [threads, waiting] = [this.#threads, [...this.#waiting.values()]];
    this.#threads = [];
    this.#waiting.clear();
    for (const thread of threads) void thread.terminate();
    for (const { reject } of waiting) reject(error);
  }
}

/** Films and values are copies already: they are handed over. Shared numbers stay shared. */
function post(thread: Worker, message: Message): void {
  const feeds = message.kind === 'ask' && 'feeds' in message.question ? Object.values(message.question.feeds) : [];
  thread.postMessage(message, feeds.map((values) => values.buffer as ArrayBuffer));
}
