import { headBytes, payloadLength, tailBytes, tornRecord, verifiedPayload } from './framing.ts';

/** A file whose bytes can be had at any place; fewer than `length` only at its end. */
export interface RandomAccess {
  readonly sizeBytes: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Where the payloads of a record file lie: 12 bytes a record, so that a million of them cost 12 MB. */
export interface RecordIndex {
  readonly count: number;
  /** First byte of each payload. */
  readonly offsets: Float64Array;
  /** Bytes of each payload. */
  readonly lengths: Uint32Array;
}

/** One page: the heads of several small records at once, and little wasted on a large one. */
const windowBytes = 4096;

/** Finds all records by their heads alone (checksums of the lengths verified). Throws RecordError. */
export async function recordOffsets(file: RandomAccess, source = 'the record file'): Promise<RecordIndex> {
  const offsets: number[] = [];
  const lengths: number[] = [];
  let page: Uint8Array = new Uint8Array();
  let pageOffset = 0;
  for (let offset = 0; offset < file.sizeBytes; ) {
    if (offset + headBytes > pageOffset + page.length) {
      page = await file.read(offset, windowBytes);
      pageOffset = offset;
      if (page.length < headBytes) throw tornRecord(page.length, { offset, source });
    }
    const length = payloadLength(page.subarray(offset - pageOffset), { offset, source });
    const end = offset + headBytes + length + tailBytes;
    if (end > file.sizeBytes) throw tornRecord(file.sizeBytes - offset, { offset, source });
    offsets.push(offset + headBytes);
    lengths.push(length);
    offset = end;
  }
  return { count: offsets.length, offsets: Float64Array.from(offsets), lengths: Uint32Array.from(lengths) };
}

/** The payload of record `which` (from 0), its checksum verified. Throws RecordError, RangeError beyond the index. */
export async function readRecordAt(file: RandomAccess, { index, which, source = 'the record file' }: { index: RecordIndex; which: number; source?: string }): Promise<Uint8Array> {
  const start = index.offsets[which];
  const length = index.lengths[which];
  if (start === undefined || length === undefined) throw new RangeError(`Cannot read record ${which} of ${source}: it has ${index.count}`);
  const body = await file.read(start, length + tailBytes);
  const place = { offset: start - headBytes, source };
  if (body.length < length + tailBytes) throw tornRecord(headBytes + body.length, place);
  return verifiedPayload(body, place);
}
