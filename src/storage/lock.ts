import type { Storage } from './storage.ts';
import { isStorageError } from './storage.ts';

/** Who runs a training. Processes with the same uid belong to one run and share its lock. */
export interface LockOwner {
  readonly uid: string;
  readonly host: string;
  readonly pid: number;
}

/** run.json: the owner, when it began, and its last sign of life (ISO 8601). */
export interface LockRecord extends LockOwner {
  readonly startedAt: string;
  readonly heartbeat: string;
}

/** The right to write in a training's folder. */
export interface RunLock {
  /** Gives a sign of life; at least every minute or two. Throws LockLostError. */
  refresh(): Promise<void>;
  /** The fence before a write that replaces something. Throws LockLostError when another run has taken over. */
  check(): Promise<void>;
  /** Removes the lock when this process is the one that holds it, and not merely one of its run. */
  release(): Promise<void>;
}

export interface LockRequest {
  readonly storage: Storage;
  /** Of run.json. */
  readonly uri: string;
  readonly owner: LockOwner;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether a process of this machine lives. */
  readonly isAlive: (pid: number) => boolean;
}

/** Another run is alive in this folder. */
export class LockHeldError extends Error {
  override readonly name = 'LockHeldError';
}

/** Another run has taken over this folder: nothing more may be written. */
export class LockLostError extends Error {
  override readonly name = 'LockLostError';
}

const staleMilliseconds = 5 * 60 * 1000;
/** Each lost race means that someone else wrote; so many in a row means that the server breaks its promise. */
const maxRaces = 20;

/**
 * Takes the lock of a training's folder: where none is by If-None-Match, from an owner that is gone (silent for five
 * minutes, or a dead process of this machine) by If-Match; processes of the same run join. Throws LockHeldError.
 */
export async function takeLock(request: LockRequest): Promise<RunLock> {
  const { uri, owner } = request;
  await settle(request, (present) => {
    if (present === null) return beginning(request);
    const { record } = present;
    if (record === null) throw new LockHeldError(`Cannot start: ${uri} is not a lock as a run writes it; remove it if no run uses this folder`);
    if (isGone(record, request)) return { ...beginning(request), ...(record.uid === owner.uid ? { startedAt: record.startedAt } : {}) };
    if (record.uid !== owner.uid) throw new LockHeldError(sentenceOf(record, uri));
    return { ...record, heartbeat: isoTime(request) };
  });
  return {
    refresh: () => refresh(request),
    check: async () => void requireOurs(request, await readLock(request)),
    release: () => release(request),
  };
}

async function refresh(request: LockRequest): Promise<void> {
  await settle(request, (present) => ({ ...requireOurs(request, present), heartbeat: isoTime(request) }));
}

/** First a fresh sign of life under If-Match: from then on nobody may take it over, so that what is removed is ours. */
async function release(request: LockRequest): Promise<void> {
  const present = await readLock(request);
  const { uid, host, pid } = request.owner;
  const record = present?.record;
  if (record?.uid !== uid || record.host !== host || record.pid !== pid) return;
  try {
    await refresh(request);
  } catch (error) {
    if (error instanceof LockLostError) return;
    throw error;
  }
  await request.storage.remove(request.uri);
}

interface PresentLock {
  readonly etag: string;
  /** null = not what a run writes. */
  readonly record: LockRecord | null;
}

/** Reads, decides, writes on the condition that nothing changed in between; again when something did. */
async function settle(request: LockRequest, decide: (present: PresentLock | null) => LockRecord): Promise<void> {
  const { storage, uri } = request;
  for (let race = 1; ; race++) {
    const present = await readLock(request);
    const body = Buffer.from(JSON.stringify(decide(present)));
    try {
      await storage.write(uri, body, { contentType: 'application/json', ...(present === null ? { ifNoneMatch: '*' } : { ifMatch: present.etag }) });
      return;
    } catch (error) {
      if (!isStorageError(error, 'PreconditionFailed') || race === maxRaces) throw error;
    }
  }
}

/** The etag is read before the content: should the content be newer, the condition fails instead of passing wrongly. */
async function readLock({ storage, uri }: LockRequest): Promise<PresentLock | null> {
  try {
    const entry = await storage.head(uri);
    return entry === null ? null : { etag: entry.etag, record: parseRecord(await storage.read(uri)) };
  } catch (error) {
    if (isStorageError(error, 'NotFound')) return null;
    throw error;
  }
}

function requireOurs({ owner, uri }: LockRequest, present: PresentLock | null): LockRecord {
  if (present === null) throw new LockLostError(`Cannot go on: the lock ${uri} was removed; start the run again`);
  if (present.record?.uid === owner.uid) return present.record;
  const other = present.record === null ? 'something else' : `process ${present.record.pid} on ${present.record.host}`;
  throw new LockLostError(`Cannot go on: ${other} has taken over the lock ${uri}; nothing more is written here`);
}

function isGone(record: LockRecord, { owner, now, isAlive }: LockRequest): boolean {
  return now() - Date.parse(record.heartbeat) > staleMilliseconds || (record.host === owner.host && !isAlive(record.pid));
}

function beginning(request: LockRequest): LockRecord {
  const time = isoTime(request);
  return { ...request.owner, startedAt: time, heartbeat: time };
}

function isoTime({ now }: LockRequest): string {
  return new Date(now()).toISOString();
}

function sentenceOf({ pid, host, startedAt, heartbeat }: LockRecord, uri: string): string {
  return `Cannot start: this training is already run by process ${pid} on ${host}, since ${startedAt} (last sign of life ${heartbeat}). Let it end or stop it there; five minutes after its last sign of life the lock ${uri} is free`;
}

function parseRecord(bytes: Uint8Array): LockRecord | null {
  try {
    const { uid, host, pid, startedAt, heartbeat }: Record<string, unknown> = JSON.parse(Buffer.from(bytes).toString());
    const isWhole = typeof uid === 'string' && typeof host === 'string' && typeof pid === 'number' && typeof startedAt === 'string';
    return isWhole && typeof heartbeat === 'string' && !Number.isNaN(Date.parse(heartbeat)) ? { uid, host, pid, startedAt, heartbeat } : null;
  } catch {
    return null;
  }
}
