import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordError, frameRecord } from '../../src/tfrecord/framing.ts';
import type { RandomAccess } from '../../src/tfrecord/record-index.ts';
import { readRecordAt, recordOffsets } from '../../src/tfrecord/record-index.ts';

// Small and large ones, so that several heads share a page, one head straddles two, and one payload spans many.
const payloads = [0, 5, 4000, 60, 100_000, 3, 4093, 1].map((length, which) => Buffer.alloc(length, which + 1));
const file = Buffer.concat(payloads.map(frameRecord));

test('recordOffsets() finds every record and readRecordAt() reads each, in any order', async () => {
  const access = accessTo(file);
  const index = await recordOffsets(access);
  assert.equal(index.count, payloads.length);
  assert.deepEqual([...index.lengths], payloads.map((payload) => payload.length));
  for (const which of [7, 0, 4, 2, 6, 1, 5, 3]) {
    assert.deepEqual(Buffer.from(await readRecordAt(access, { index, which })), payloads[which]);
  }
});

test('recordOffsets() reads heads, not payloads', async () => {
  const big = Buffer.concat([1, 2, 3].map((value) => frameRecord(Buffer.alloc(500_000, value))));
  let bytesRead = 0;
  const index = await recordOffsets({ sizeBytes: big.length, read: async (offset, length) => (bytesRead += length, big.subarray(offset, offset + length)) });
  assert.equal(index.count, 3);
  assert.ok(bytesRead <= 3 * 4096, `${bytesRead} bytes were read`);
});

test('recordOffsets() of an empty file is empty', async () => {
  assert.equal((await recordOffsets(accessTo(Buffer.alloc(0)))).count, 0);
});

test('recordOffsets() reports a torn tail with the offset of its record', async () => {
  const start = file.length - (12 + 1 + 4);
  for (let end = start + 1; end < file.length; end++) {
    await assert.rejects(
      () => recordOffsets(accessTo(file.subarray(0, end)), 'b.tfrecord'),
      (error) => error instanceof RecordError && error.kind === 'torn' && error.offset === start && error.message.includes('b.tfrecord'),
    );
  }
});

test('recordOffsets() reports a damaged length, readRecordAt() a damaged payload', async () => {
  const damaged = Buffer.from(file);
  const index = await recordOffsets(accessTo(file));
  damaged[index.offsets[2]! + 17]! ^= 4;
  await assert.rejects(
    () => readRecordAt(accessTo(damaged), { index, which: 2, source: 'c.tfrecord' }),
    (error) => error instanceof RecordError && error.kind === 'corrupt' && error.offset === index.offsets[2]! - 12 && /checksum of its 4000 bytes/.test(error.message),
  );
  damaged[index.offsets[3]! - 12]! ^= 4;
  await assert.rejects(() => recordOffsets(accessTo(damaged)), (error) => error instanceof RecordError && error.kind === 'corrupt' && error.offset === index.offsets[3]! - 12);
});

test('readRecordAt() reports a file that was cut since it was indexed, and a record that is not there', async () => {
  const index = await recordOffsets(accessTo(file));
  await assert.rejects(() => readRecordAt(accessTo(file.subarray(0, -2)), { index, which: 7 }), (error) => error instanceof RecordError && error.kind === 'torn');
  await assert.rejects(() => readRecordAt(accessTo(file), { index, which: 8 }), /Cannot read record 8 of the record file: it has 8/);
});

function accessTo(bytes: Uint8Array): RandomAccess {
  return { sizeBytes: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}
