import type { Storage } from '../storage/storage.ts';
import { continueCrc32c } from '../tfrecord/crc32c.ts';
import type { Marker } from './marker.ts';

/** What the marker says of a set. */
export type SetSummary = NonNullable<Marker['sets'][keyof Marker['sets']]>;

const pieceBytes = 256 * 1024;

/**
 * One file of records on its way to storage. Records are gathered to pieces, and the next piece waits until storage
 * has taken the one before, so memory does not grow with the file.
 */
export class RecordSet {
  readonly #written: Promise<unknown>;
  #offer = Promise.withResolvers<Uint8Array | null>();
  /** Settled when storage has taken the piece, or has failed. */
  #taken = Promise.withResolvers<null>();
  #hasFailed = false;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #records = 0;
  #sizeBytes = 0;
  #crc32c = 0;

  constructor(storage: Storage, uri: string) {
    this.#written = storage.write(uri, this.#pieces(), { contentType: 'application/octet-stream' });
    // Whoever waits, or adds next, is told of a failure.
    this.#written.catch(() => {
      this.#hasFailed = true;
      this.#taken.resolve(null);
    });
  }

  /** Records as they stand in the file, framed, one after the other. */
  async add(records: Uint8Array, count: number): Promise<void> {
    this.#pending.push(records);
    this.#pendingBytes += records.length;
    this.#records += count;
    if (this.#pendingBytes >= pieceBytes) await this.#send();
  }

  /** Resolves when the whole file is there. */
  async finish(): Promise<SetSummary> {
    await this.#send();
    this.#offer.resolve(null);
    await this.#written;
    return { records: this.#records, sizeBytes: this.#sizeBytes, crc32c: this.#crc32c.toString(16).padStart(8, '0') };
  }

  /** Gives the file up: nothing of it appears. Resolves when storage is done with it. */
  async abandon(reason: unknown): Promise<void> {
    this.#offer.promise.catch(() => undefined);
    this.#offer.reject(reason);
    await this.#written.catch(() => undefined);
  }

  async #send(): Promise<void> {
    const [first, ...others] = this.#pending;
    const piece = first !== undefined && others.length === 0 ? first : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#sizeBytes += piece.length;
    this.#crc32c = continueCrc32c(this.#crc32c, piece);
    this.#taken = Promise.withResolvers();
    this.#offer.resolve(piece);
    // Not a race of the two promises: the one that lives as long as the file would keep every piece in memory.
    if (!this.#hasFailed) await this.#taken.promise;
    if (this.#hasFailed) await this.#written;
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = await this.#offer.promise;
      if (piece === null) return;
      this.#offer = Promise.withResolvers();
      this.#taken.resolve(null);
      yield piece;
    }
  }
}
