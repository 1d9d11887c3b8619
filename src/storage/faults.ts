import { StorageError } from './storage.ts';

export function notFound(uri: string, cause?: unknown): StorageError {
  return new StorageError({ kind: 'NotFound', uri, message: `Cannot read ${uri}: nothing is there`, cause });
}

export function preconditionFailed(uri: string, condition: { ifNoneMatch?: '*'; ifMatch?: string }, cause?: unknown): StorageError {
  const state = condition.ifNoneMatch === '*' ? 'something is already there' : 'it has changed since it was read';
  return new StorageError({ kind: 'PreconditionFailed', uri, message: `Cannot write ${uri}: ${state}`, cause });
}

export function isFolder(uri: string): StorageError {
  return new StorageError({ kind: 'Configuration', uri, message: `Cannot write ${uri}: it is a folder; name a file` });
}

export function aborted(uri: string, cause?: unknown): StorageError {
  return new StorageError({ kind: 'Aborted', uri, message: `Cannot go on with ${uri}: it was interrupted`, cause });
}

/** Throws StorageError of kind Aborted once the signal is set. */
export function throwIfAborted(uri: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(uri, signal.reason);
}
