/** The Lease of an election, and what the elector needs of the API. Types only. */
import type { ObjectMeta } from '../api/kubernetes.ts';

export interface LeaseSpec {
  /** Empty: released. */
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  /** Times are for people and other programs to read: no decision rests on another machine's clock. */
  readonly acquireTime?: string;
  readonly renewTime?: string;
  /** How often the holder has changed. */
  readonly leaseTransitions?: number;
}

export interface Lease {
  readonly metadata: ObjectMeta;
  readonly spec: LeaseSpec;
}

/** The one Lease of this operator. Faults reject; each call ends when its signal aborts. */
export interface LeaseApi {
  /** null: there is none. */
  get(signal: AbortSignal): Promise<Lease | null>;
  /** The Lease as it was created; null: there is one already. */
  create(spec: LeaseSpec, signal: AbortSignal): Promise<Lease | null>;
  /** The Lease as it was written; null: it was changed or removed since it was read. */
  update(lease: Lease, signal: AbortSignal): Promise<Lease | null>;
}
