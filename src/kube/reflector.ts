import { isApiFault } from './api-fault.ts';
import { backoffMilliseconds } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { ListPage } from './list-page.ts';
import { parseListPage } from './list-page.ts';
import type { Shape } from './project.ts';
import type { Change, KubeObject, Store } from './store.ts';
import type { Transport } from './transport.ts';
import type { WatchEvent } from './watch-event.ts';
import { parseWatchEvent } from './watch-event.ts';

/** Which objects of one kind. */
export interface Resource {
  /** Of the list: `/apis/batch/v1/jobs`, or `/apis/batch/v1/namespaces/x-rays/jobs`. */
  readonly path: string;
  /** Selected by the server: what is not ours never travels. */
  readonly labelSelector?: string;
}

/** What goes wrong on the way, for logs and metrics. None of it ends the reflector. */
export interface ReflectorObserver {
  /** A list or watch failed; the next try comes after so many seconds. */
  onFault(fault: { readonly path: string; readonly error: unknown; readonly pauseSeconds: number }): void;
  /** `onChange` threw: the object is in the store all the same. */
  onHandlerFault(error: unknown): void;
}

export interface ReflectorOptions<T extends KubeObject> {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly store: Store<T>;
  readonly resource: Resource;
  /** What the store has of each object. */
  readonly shape: Shape<T>;
  /** Told of each change, after the store has it; `isInitial` for what the first list finds. */
  readonly onChange: (change: Change<T>, isInitial: boolean) => void;
  readonly observer: ReflectorObserver;
  /** 0 to 1. */
  readonly random?: () => number;
}

const pageSize = 500;
const pageSeconds = 30;
const pauses = { firstMilliseconds: 800, longestMilliseconds: 30_000 };
/** A watch that ends earlier has not worked. */
const shortestWatchMilliseconds = 1000;
/** After so long without a fault the pauses begin small again. */
const steadyMilliseconds = 30_000;
/** Time the server has, beyond the watch's own, to end it. */
const graceSeconds = 15;

/**
 * Keeps a store equal to the cluster: a list in pages, then watches from where the last one ended, each 2 to 4 minutes long, so that
 * one that has fallen silent is noticed. Whatever fails is tried again after a pause; a version that is too old means a new list,
 * of which only the differences are told.
 */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #synced: PromiseWithResolvers<void> = Promise.withResolvers();
  #hasSynced = false;
  #mustList = true;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
  }

  /** Whether the store has held everything once. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Resolves when `hasSynced` becomes true; until then, and if the run is stopped before, it stays pending. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** Follows the cluster until the signal aborts: then no request is under way, none follows, and no change is told. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, observer, resource, random = Math.random } = this.#options;
    for (let failures = 0; !signal.aborted; ) {
      const started = clock.now();
      const error = await this.#follow(signal).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (signal.aborted) return;
      const lived = clock.now() - started;
      if (lived >= steadyMilliseconds) failures = 0;
      if (error === null && lived >= shortestWatchMilliseconds) continue;
      failures += 1;
      const fault = isApiFault(error) ? error : null;
      // Gone from the server's memory, or refused as no version at all.
      if (fault?.code === 410 || fault?.code === 400) this.#mustList = true;
      const pause = Math.max((fault?.retryAfterSeconds ?? 0) * 1000, backoffMilliseconds(failures, pauses, random()));
      observer.onFault({ path: resource.path, error: error ?? new Error(`Cannot watch ${resource.path}: the server ends each watch at once`), pauseSeconds: pause / 1000 });
      await clock.wait(pause, signal).catch(() => {});
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    if (this.#mustList) await this.#list(signal);
    await this.#watch(signal);
  }

  /** The newest state, not one from some server's cache: so the store never goes back in time. */
  async #list(signal: AbortSignal): Promise<void> {
    const { transport, store, resource, shape } = this.#options;
    const objects: T[] = [];
    let page: ListPage<T>;
    let rest = {};
    do {
      const query = { ...selectorOf(resource), limit: pageSize, ...rest };
      page = parseListPage(await transport.request({ method: 'GET', path: resource.path, query, deadlineSeconds: pageSeconds, signal }), shape);
      objects.push(...page.objects);
      rest = { continue: page.next };
    } while (page.next !== undefined);
    this.#tell(store.replace(objects, page.version));
    this.#mustList = false;
    this.#hasSynced = true;
    this.#synced.resolve();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { transport, store, resource, random = Math.random } = this.#options;
    const timeoutSeconds = Math.round(120 * (1 + random()));
    const query = { ...selectorOf(resource), watch: true, allowWatchBookmarks: true, resourceVersion: String(store.version), timeoutSeconds };
    for await (const event of transport.stream({ method: 'GET', path: resource.path, query, deadlineSeconds: timeoutSeconds + graceSeconds, signal })) {
      // A chunk may hold more events than the one after which the stop came.
      if (signal.aborted) return;
      this.#take(parseWatchEvent(event, { path: resource.path, shape: this.#options.shape }));
    }
  }

  #take({ type, object }: WatchEvent<T>): void {
    const { store } = this.#options;
    switch (type) {
      case 'ADDED':
      case 'MODIFIED':
        return this.#tell(store.put(object));
      case 'DELETED':
        return this.#tell(store.delete(object));
      case 'BOOKMARK':
        return store.sawVersion(object.metadata.resourceVersion ?? '0');
      default:
        return type satisfies never;
    }
  }

  #tell(changes: readonly Change<T>[]): void {
    const { onChange, observer } = this.#options;
    const isInitial = !this.#hasSynced;
    for (const change of changes) {
      Promise.try(onChange, change, isInitial).catch((error: unknown) => observer.onHandlerFault(error));
    }
  }
}

function selectorOf({ labelSelector }: Resource): { labelSelector?: string } {
  return labelSelector === undefined ? {} : { labelSelector };
}
