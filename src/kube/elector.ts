import type { Clock } from './clock.ts';
import type { Lease, LeaseApi, LeaseSpec } from './lease.ts';
import { within } from './within.ts';

/** What happens, for the operator, metrics and the log. */
export interface ElectorObserver {
  onElected(): void;
  /** It led and no longer may; it does not stand again. The reason is the end of a sentence. */
  onLost(reason: string): void;
  /** Somebody else was seen to hold the Lease. */
  onHolder(identity: string): void;
  /** A try failed; the next one follows. */
  onFault(error: unknown): void;
}

export interface ElectorOptions {
  readonly api: LeaseApi;
  readonly clock: Clock;
  /** Of this process alone: a container that starts again is another one. */
  readonly identity: string;
  /** Milliseconds since 1970, for the times that people read. */
  readonly now: () => number;
  readonly observer: ElectorObserver;
  /** 0 to 1. */
  readonly random?: () => number;
}

const leaseSeconds = 15;
const renewDeadline = 10_000;
const retryMilliseconds = 2000;
/** So that a call that hangs leaves time for another one before the deadline. */
const tryMilliseconds = 5000;

/**
 * Stands for election by a Lease. Whether a Lease has run out is judged by own time since it was last seen to change; a
 * clock of another machine is never asked. A leader that could not renew for 10 s may not write and has lost, 5 s before
 * anybody else may take over. No Lease can promise a single leader: names, preconditions and versions keep the cluster safe.
 */
export class Elector {
  readonly #options: ElectorOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** As it was last seen, and when it was first seen so. */
  #lease: Lease | null = null;
  #seenAt = 0;
  /** Start of the last renewal that succeeded; null: it does not lead. */
  #renewedAt: number | null = null;

  constructor(options: ElectorOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#stand();
  }

  /** The write fence: it leads, and began a renewal that succeeded less than 10 s ago. */
  mayWrite(): boolean {
    return this.#renewedAt !== null && this.#options.clock.now() < this.#renewedAt + renewDeadline;
  }

  /** Ends the election; a leader closes its fence, then releases the Lease, so that the next need not wait for it to run out. Does not reject. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    const lease = this.mayWrite() ? this.#lease : null;
    this.#renewedAt = null;
    if (lease === null) return;
    const released = { ...lease, spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: this.#timestamp() } };
    await this.#within(tryMilliseconds, (signal) => this.#options.api.update(released, signal)).catch(this.#options.observer.onFault);
  }

  async #stand(): Promise<void> {
    const { clock, observer } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const lost = await this.#try();
      if (lost !== null) {
        this.#renewedAt = null;
        return observer.onLost(lost);
      }
      await clock.wait(this.#pauseMilliseconds(), this.#stopping.signal).catch(() => {});
    }
  }

  /** One try to win the Lease or to keep it; why it is lost, or null. */
  async #try(): Promise<string | null> {
    const { clock, identity, observer } = this.#options;
    const start = clock.now();
    const wasLeading = this.#renewedAt !== null;
    const tooLate = `it could not be renewed for ${renewDeadline / 1000} s`;
    if (wasLeading && !this.mayWrite()) return tooLate;
    const left = (this.#renewedAt ?? Infinity) + renewDeadline - start;
    try {
      const { lease, isWritten } = await this.#within(Math.min(tryMilliseconds, left), (signal) => this.#claim(signal));
      this.#see(lease);
      if (isWritten) this.#renewedAt = start;
    } catch (error) {
      observer.onFault(error);
    }
    if (!wasLeading) {
      // Won, and learnt of it too late: the next try finds our own name.
      if (!this.mayWrite()) this.#renewedAt = null;
      else if (!this.#stopping.signal.aborted) observer.onElected();
      return null;
    }
    const holder = this.#lease?.spec.holderIdentity;
    if (holder !== identity) return `${holder || 'nobody'} holds it now`;
    return this.mayWrite() ? null : tooLate;
  }

  /** Changes nothing here, since a try whose time is up may still go on. */
  async #claim(signal: AbortSignal): Promise<{ readonly lease: Lease | null; readonly isWritten: boolean }> {
    const { api } = this.#options;
    if (this.#renewedAt !== null && this.#lease) {
      const renewed = await api.update({ ...this.#lease, spec: this.#ownSpec(this.#lease.spec) }, signal);
      if (renewed) return { lease: renewed, isWritten: true };
    }
    const found = await api.get(signal);
    signal.throwIfAborted();
    if (!this.#isFree(found)) return { lease: found, isWritten: false };
    const spec = this.#ownSpec(found?.spec ?? {});
    const written = await (found ? api.update({ ...found, spec }, signal) : api.create(spec, signal));
    return { lease: written ?? found, isWritten: written !== null };
  }

  #isFree(found: Lease | null): boolean {
    const { identity, clock } = this.#options;
    // A Lease that somebody removed still holds for its time: its leader has not learnt of that yet.
    const { metadata, spec } = found ?? this.#lease ?? { metadata: null, spec: {} };
    // Our own name without our knowing: a call whose answer was lost.
    if (!spec.holderIdentity || spec.holderIdentity === identity) return true;
    return metadata?.resourceVersion === this.#lease?.metadata.resourceVersion && clock.now() >= this.#expiresAt();
  }

  #expiresAt(): number {
    return this.#seenAt + (this.#lease?.spec.leaseDurationSeconds ?? leaseSeconds) * 1000;
  }

  #see(lease: Lease | null): void {
    const { clock, identity, observer } = this.#options;
    const before = this.#lease;
    if (lease === null || lease.metadata.resourceVersion === before?.metadata.resourceVersion) return;
    this.#lease = lease;
    this.#seenAt = clock.now();
    const holder = lease.spec.holderIdentity;
    if (holder && holder !== identity && holder !== before?.spec.holderIdentity) observer.onHolder(holder);
  }

  #ownSpec(previous: LeaseSpec): LeaseSpec {
    const { identity } = this.#options;
    const renewTime = this.#timestamp();
    const transitions = previous.leaseTransitions ?? 0;
    const isOurs = previous.holderIdentity === identity;
    const isFirst = previous.holderIdentity === undefined;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: leaseSeconds,
      acquireTime: (isOurs ? previous.acquireTime : undefined) ?? renewTime,
      renewTime,
      leaseTransitions: isOurs || isFirst ? transitions : transitions + 1,
    };
  }

  /** Up to a quarter longer by chance, so that two do not keep step; not beyond the moment that decides. */
  #pauseMilliseconds(): number {
    const { clock, random = Math.random } = this.#options;
    const pause = retryMilliseconds * (1 + random() / 4);
    const decidesAt = this.#renewedAt === null ? this.#expiresAt() : this.#renewedAt + renewDeadline;
    const left = decidesAt - clock.now();
    return left > 0 ? Math.min(pause, left) : pause;
  }

  #within<T>(milliseconds: number, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const fault = () => new Error(`Cannot reach the Lease for the election: no answer within ${milliseconds / 1000} s`);
    return within({ clock: this.#options.clock, milliseconds, fault }, act);
  }

  /** With microseconds, as Kubernetes insists on for a Lease. */
  #timestamp(): string {
    return new Date(this.#options.now()).toISOString().replace('Z', '000Z');
  }
}
