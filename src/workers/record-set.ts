import type { Storage } from '../storage/storage.ts';
import { joinCrc32c } from '../tfrecord/crc32c-join.ts';
import type { Marker } from './marker.ts';

/** What the marker says of a set. */
export type SetSummary = NonNullable<Marker['sets'][keyof Marker['sets']]>;

const pieceBytes = 256 * 1024;

/** Records as they stand in the file, framed, one after the other; their number, and the CRC-32C of the bytes. */
export interface Records {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly crc32c: number;
}

/**
 * One file of records on its way to storage. Records are gathered to pieces, and the next piece waits until storage
 * is done with the one before, so memory does not grow with the file.
 */
export class RecordSet {
  readonly #written: Promise<unknown>;
  #offer = Promise.withResolvers<Uint8Array | null>();
  /** Settled when storage is done with the piece, or has failed. */
  #taken = Promise.withResolvers<null>();
  #hasFailed = false;
  /** Memory for small pieces, used again and again. */
  readonly #gathered = Buffer.allocUnsafeSlow(pieceBytes);
  #gatheredBytes = 0;
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

  /** Resolves when the bytes are no longer needed. */
  async add({ bytes, count, crc32c }: Records): Promise<void> {
    this.#records += count;
    this.#sizeBytes += bytes.length;
    this.#crc32c = joinCrc32c(this.#crc32c, crc32c, bytes.length);
    if (this.#gatheredBytes + bytes.length > pieceBytes) await this.#sendGathered();
    if (bytes.length > pieceBytes) {
      await this.#send(bytes);
    } else {
      this.#gathered.set(bytes, this.#gatheredBytes);
      this.#gatheredBytes += bytes.length;
    }
  }

  /** Resolves when the whole file is there. */
  async finish(): Promise<SetSummary> {
    await this.#sendGathered();
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

  async #sendGathered(): Promise<void> {
    const piece = this.#gathered.subarray(0, this.#gatheredBytes);
    this.#gatheredBytes = 0;
    if (piece.length > 0) await this.#send(piece);
  }

  async #send(piece: Uint8Array): Promise<void> {
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
      yield piece;
      // Asked for the next.
      this.#taken.resolve(null);
    }
  }
}
