/**
 * storage/ moves bytes: one port, three forms (file, s3, memory), chosen by the URI's scheme in open.ts.
 * It knows nothing of trainings. Nobody else imports an S3 SDK or opens files of a run.
 */

export interface Entry {
  readonly uri: string;
  readonly sizeBytes: number;
  /** Opaque version of the content, quotes stripped; changes with every write. */
  readonly etag: string;
}

export interface WriteOptions {
  /** `*`: write only if nothing is there (HTTP If-None-Match). */
  readonly ifNoneMatch?: '*';
  /** Write only if the present content has this etag (HTTP If-Match). */
  readonly ifMatch?: string;
  readonly contentType?: string;
}

/**
 * Bytes by URI. A write is whole or not there at all: no reader ever sees half of one, whenever the writer dies.
 * Every method throws StorageError, whose message names the URI and what to do.
 */
export interface Storage {
  /** Whole content. `NotFound` when absent. */
  read(uri: string, options?: { signal?: AbortSignal }): Promise<Uint8Array>;
  /** Content in pieces, memory bounded. `NotFound` when absent. */
  stream(uri: string, options?: { signal?: AbortSignal }): AsyncIterable<Uint8Array>;
  /** Writes a whole object, in pieces where `body` is iterable, each of which is done with when the next is asked for; `PreconditionFailed` when a condition does not hold. */
  write(uri: string, body: Uint8Array | AsyncIterable<Uint8Array>, options?: WriteOptions): Promise<{ etag: string }>;
  /** Size and etag, or null when absent. */
  head(uri: string): Promise<Entry | null>;
  /** Everything below a folder, in order of URI; nothing for a folder that is not there. */
  list(folderUri: string): AsyncIterable<Entry>;
  /** Removes an object; absent is fine. */
  remove(uri: string): Promise<void>;
}

export type StorageErrorKind =
  | 'NotFound'
  | 'PreconditionFailed'
  /** Credentials missing, wrong or without the right. */
  | 'AccessDenied'
  /** No such bucket, or a URI that cannot be addressed. */
  | 'Configuration'
  /** The disk cannot give back this one file. */
  | 'Damaged'
  | 'NoSpace'
  /** Server or disk fails after retries: worth another try later. */
  | 'Unavailable'
  | 'Aborted';

/** A failure of storage: a sentence for people, a kind for callers. */
export class StorageError extends Error {
  readonly kind: StorageErrorKind;
  readonly uri: string;
  constructor(fault: { kind: StorageErrorKind; uri: string; message: string; cause?: unknown }) {
    super(fault.message, { cause: fault.cause });
    this.name = 'StorageError';
    this.kind = fault.kind;
    this.uri = fault.uri;
  }
}

export function isStorageError(error: unknown, kind?: StorageErrorKind): error is StorageError {
  return error instanceof StorageError && (kind === undefined || error.kind === kind);
}
