import { maskedCrc32c } from './crc32c.ts';

/** u64 length | u32 masked crc of the length | payload | u32 masked crc of the payload; all little-endian. */
export const headBytes = 12;
export const tailBytes = 4;

/** A record file that is broken at a byte: `torn` = it ends inside a record, `corrupt` = a checksum is wrong. */
export class RecordError extends Error {
  readonly kind: 'torn' | 'corrupt';
  /** Where the broken record begins. */
  readonly offset: number;
  constructor(fault: { kind: 'torn' | 'corrupt'; offset: number; source: string; state: string }) {
    super(`Cannot read the record at byte ${fault.offset} of ${fault.source}: ${fault.state}`);
    this.name = 'RecordError';
    this.kind = fault.kind;
    this.offset = fault.offset;
  }
}

export interface Payload {
  readonly length: number;
  /** Fills a target of that length, every byte of it. */
  write(target: Uint8Array): void;
}

/** The record as it stands in a file. */
export function frameRecord(payload: Uint8Array): Uint8Array {
  const record = Buffer.allocUnsafe(headBytes + payload.length + tailBytes);
  writeFrames(record, [{ length: payload.length, write: (target) => target.set(payload) }]);
  return new Uint8Array(record.buffer, record.byteOffset, record.length);
}

/** Records one after the other in memory that is theirs alone; payloads are written in place: a film of 30 kB is copied once, not twice. */
export function framePayloads(payloads: readonly Payload[]): Uint8Array<ArrayBuffer> {
  const total = payloads.reduce((sum, { length }) => sum + headBytes + length + tailBytes, 0);
  // Not zeroed first: every byte is written, and zeroing would cost as much as copying the films.
  const { buffer, byteOffset } = Buffer.allocUnsafeSlow(total);
  const records = new Uint8Array(buffer, byteOffset, total);
  writeFrames(records, payloads);
  return records;
}

function writeFrames(target: Uint8Array, payloads: readonly Payload[]): void {
  const view = new DataView(target.buffer, target.byteOffset, target.length);
  let at = 0;
  for (const { length, write } of payloads) {
    view.setBigUint64(at, BigInt(length), true);
    view.setUint32(at + 8, maskedCrc32c(target.subarray(at, at + 8)), true);
    const payload = target.subarray(at + headBytes, at + headBytes + length);
    write(payload);
    at += headBytes + length + tailBytes;
    view.setUint32(at - tailBytes, maskedCrc32c(payload), true);
  }
}

/**
 * The payloads of a record file in order, both checksums verified; memory is bounded by the largest record and chunk.
 * Throws RecordError; `source` is what its sentence calls the file.
 */
export async function* readRecords(chunks: AsyncIterable<Uint8Array>, source = 'the record file'): AsyncGenerator<Uint8Array> {
  const pending: Uint8Array[] = [];
  let held = 0;
  let offset = 0;
  let needed = headBytes;
  for await (const chunk of chunks) {
    pending.push(chunk);
    held += chunk.length;
    // Joined only when enough is there: a large record in small chunks is copied once, not once for each chunk.
    if (held < needed) continue;
    let bytes: Uint8Array = pending.length === 1 ? chunk : Buffer.concat(pending.splice(0));
    for (needed = headBytes; bytes.length >= needed; needed = headBytes) {
      needed = headBytes + payloadLength(bytes, { offset, source }) + tailBytes;
      if (bytes.length < needed) break;
      yield verifiedPayload(bytes.subarray(headBytes, needed), { offset, source });
      bytes = bytes.subarray(needed);
      offset += needed;
    }
    pending.splice(0, pending.length, bytes);
    held = bytes.length;
  }
  if (held > 0) throw tornRecord(held, { offset, source });
}

/** Where a record stands: for the sentence of an error. */
export interface Place {
  readonly offset: number;
  readonly source: string;
}

/** Length of the payload from the first 12 bytes of a record, its checksum verified. */
export function payloadLength(head: Uint8Array, place: Place): number {
  const view = new DataView(head.buffer, head.byteOffset, headBytes);
  if (view.getUint32(8, true) !== maskedCrc32c(head.subarray(0, 8))) {
    throw new RecordError({ ...place, kind: 'corrupt', state: 'the checksum of its length is wrong' });
  }
  return Number(view.getBigUint64(0, true));
}

/** The payload from payload and tail, its checksum verified. */
export function verifiedPayload(body: Uint8Array, place: Place): Uint8Array {
  const payload = body.subarray(0, body.length - tailBytes);
  const stored = new DataView(body.buffer, body.byteOffset + payload.length, tailBytes).getUint32(0, true);
  if (stored !== maskedCrc32c(payload)) {
    throw new RecordError({ ...place, kind: 'corrupt', state: `the checksum of its ${payload.length} bytes is wrong` });
  }
  return payload;
}

export function tornRecord(present: number, place: Place): RecordError {
  return new RecordError({ ...place, kind: 'torn', state: `the file ends ${present} bytes into it` });
}
