import { continueCrc32c, crc32c, masked } from './crc32c.ts';
import { joinCrc32c } from './crc32c-join.ts';

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
  /** Fills a target of that length, every byte of it; the CRC-32C of these. */
  write(target: Uint8Array): number;
}

/** Records to be, one after the other. */
export interface Frames {
  readonly sizeBytes: number;
  /** Fills a target of that size, every byte of it; the CRC-32C of these. */
  write(target: Uint8Array): number;
}

/** The record as it stands in a file. */
export function frameRecord(payload: Uint8Array): Uint8Array {
  const record = Buffer.allocUnsafe(headBytes + payload.length + tailBytes);
  writeFrame(record, {
    length: payload.length,
    write: (target) => {
      target.set(payload);
      return crc32c(payload);
    },
  });
  return new Uint8Array(record.buffer, record.byteOffset, record.length);
}

/** Payloads are written in place: a film of 30 kB is copied once, not twice. */
export function framesOf(payloads: readonly Payload[]): Frames {
  return {
    sizeBytes: payloads.reduce((sum, { length }) => sum + headBytes + length + tailBytes, 0),
    write: (target) => {
      let at = 0;
      let crc = 0;
      for (const payload of payloads) {
        const size = headBytes + payload.length + tailBytes;
        crc = joinCrc32c(crc, writeFrame(target.subarray(at, at + size), payload), size);
        at += size;
      }
      return crc;
    },
  };
}

/** The checksum of the whole record, made of those of its parts: no byte of the payload is looked at. */
function writeFrame(record: Uint8Array, { length, write }: Payload): number {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  view.setBigUint64(0, BigInt(length), true);
  const ofLength = crc32c(record.subarray(0, 8));
  view.setUint32(8, masked(ofLength), true);
  const ofPayload = write(record.subarray(headBytes, headBytes + length));
  view.setUint32(headBytes + length, masked(ofPayload), true);
  const ofHead = continueCrc32c(ofLength, record.subarray(8, headBytes));
  return continueCrc32c(joinCrc32c(ofHead, ofPayload, length), record.subarray(headBytes + length));
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
  if (view.getUint32(8, true) !== masked(crc32c(head.subarray(0, 8)))) {
    throw new RecordError({ ...place, kind: 'corrupt', state: 'the checksum of its length is wrong' });
  }
  return Number(view.getBigUint64(0, true));
}

/** The payload from payload and tail, its checksum verified. */
export function verifiedPayload(body: Uint8Array, place: Place): Uint8Array {
  const payload = body.subarray(0, body.length - tailBytes);
  const stored = new DataView(body.buffer, body.byteOffset + payload.length, tailBytes).getUint32(0, true);
  if (stored !== masked(crc32c(payload))) {
    throw new RecordError({ ...place, kind: 'corrupt', state: `the checksum of its ${payload.length} bytes is wrong` });
  }
  return payload;
}

export function tornRecord(present: number, place: Place): RecordError {
  return new RecordError({ ...place, kind: 'torn', state: `the file ends ${present} bytes into it` });
}
