import { randomBytes } from 'node:crypto';
import { isApiFault } from './api-fault.ts';
import type { Clock } from './clock.ts';
import type { ClusterEvent } from './cluster.ts';
import type { CoreEvent, EventApi, ObjectReference } from './event-api.ts';
import { EventCorrelator } from './event-correlator.ts';
import { within } from './within.ts';

/** For the log. */
export interface RecorderObserver {
  /** An event that should have been written will not be. */
  onLost(event: CoreEvent, error: unknown): void;
}

export interface RecorderOptions {
  readonly api: EventApi;
  readonly clock: Clock;
  /** Who tells: `chex-operator`. */
  readonly component: string;
  /** Which one of them: the name of its Pod. */
  readonly instance: string;
  /** Milliseconds since 1970, for the times that people read. */
  readonly now: () => number;
  readonly observer: RecorderObserver;
}

const bufferedAtMost = 1000;
const triesAtMost = 12;
const pauseMilliseconds = 10_000;
const flushSeconds = 5;

/** Tells people what happens to an object. Writes one event after the other in the background: whoever records neither waits nor learns of faults. */
export class EventRecorder {
  readonly #options: RecorderOptions;
  readonly #correlator: EventCorrelator;
  readonly #givingUp = new AbortController();
  #buffer: CoreEvent[] = [];
  #writing: Promise<void> | null = null;
  #isStopped = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#correlator = new EventCorrelator(options.clock);
  }

  record(about: ObjectReference, told: ClusterEvent): void {
    const event = this.#correlator.correlate(this.#draft(about, told));
    if (event === null) return;
    if (this.#isStopped) return this.#lose(event, new Error('Cannot write the event: the recorder has stopped'));
    if (this.#buffer.length >= bufferedAtMost) return this.#lose(event, new Error(`Cannot write the event: ${bufferedAtMost} others wait already`));
    this.#buffer.push(event);
    this.#writing ??= this.#write();
  }

  /** Writes what waits, for 5 s at most, and takes no more. Does not reject. */
  async stop(): Promise<void> {
    const { clock } = this.#options;
    this.#isStopped = true;
    const fault = () => new Error(`Cannot write the event: the recorder stops, and waits no longer than ${flushSeconds} s`);
    await within({ clock, milliseconds: flushSeconds * 1000, fault }, async () => this.#writing).catch((error: unknown) => {
      for (const event of this.#buffer.splice(0)) this.#lose(event, error);
      this.#givingUp.abort(error);
    });
  }

  async #write(): Promise<void> {
    for (let event = this.#buffer.shift(); event; event = this.#buffer.shift()) await this.#writeOne(event);
    this.#writing = null;
  }

  async #writeOne(event: CoreEvent): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#givingUp;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#put(event, signal);
      } catch (error) {
        if (attempt === triesAtMost || signal.aborted || isRefused(error)) return this.#lose(event, error);
        await clock.wait(pauseMilliseconds, signal).catch(() => {});
      }
    }
  }

  async #put(event: CoreEvent, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // Kubernetes forgets events after an hour; one that happens again then is a new one.
    if (event.count > 1 && (await this.#options.api.patch(event, signal))) return;
    await this.#options.api.create(event, signal);
  }

  #lose(event: CoreEvent, error: unknown): void {
    this.#options.observer.onLost(event, error);
  }

  #draft(about: ObjectReference, { type, reason, message }: ClusterEvent): CoreEvent {
    const { component, instance, now } = this.#options;
    const time = new Date(now()).toISOString();
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: about.namespace, name: `${about.name}.${randomBytes(8).toString('hex')}` },
      involvedObject: about,
      type,
      reason,
      message,
      source: { component },
      reportingComponent: component,
      reportingInstance: instance,
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    };
  }
}

/** The server will not take it at another time either: no right, a fault in it, a namespace that is being deleted. */
function isRefused(error: unknown): boolean {
  return isApiFault(error) && error.code >= 400 && error.code < 500 && error.code !== 429;
}
