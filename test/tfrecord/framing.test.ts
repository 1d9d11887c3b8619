import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordError, frameRecord, readRecords } from '../../src/tfrecord/framing.ts';

const payloads = [Buffer.from('one'), Buffer.alloc(0), Buffer.alloc(70_000, 7), Buffer.from('last')];
const file = Buffer.concat(payloads.map(frameRecord));

test('frameRecord() writes length, masked checksum, payload, masked checksum, little-endian', () => {
  const record = Buffer.from(frameRecord(Buffer.from('123456789')));
  assert.equal(record.length, 12 + 9 + 4);
  assert.equal(record.readBigUInt64LE(0), 9n);
  assert.equal(record.subarray(12, 21).toString(), '123456789');
  const crc = 0xe3069283n;
  const masked = (((crc >> 15n) | ((crc << 17n) & 0xffffffffn)) + 0xa282ead8n) & 0xffffffffn;
  assert.equal(record.readUInt32LE(21), Number(masked));
});

for (const size of [7, 11, 13, 4096, file.length]) {
  test(`readRecords() gives every payload in order from pieces of ${size} bytes`, async () => {
    assert.deepEqual(await textsOf(readRecords(inPieces(file, size))), payloads.map((payload) => payload.toString('hex')));
  });
}

test('readRecords() of an empty file gives nothing', async () => {
  assert.deepEqual(await textsOf(readRecords(inPieces(Buffer.alloc(0), 10))), []);
});

test('readRecords() reports a torn tail with the offset of its record, wherever the file was cut', async () => {
  const lastStart = file.length - (12 + 4 + 4);
  for (let end = lastStart + 1; end < file.length; end++) {
    const read: string[] = [];
    await assert.rejects(
      async () => {
        for await (const payload of readRecords(inPieces(file.subarray(0, end), 50_000), 'a.tfrecord')) read.push(Buffer.from(payload).toString('hex'));
      },
      (error) => error instanceof RecordError && error.kind === 'torn' && error.offset === lastStart && error.message === `Cannot read the record at byte ${lastStart} of a.tfrecord: the file ends ${end - lastStart} bytes into it`,
    );
    assert.equal(read.length, 3, 'what is whole is read first');
  }
});

test('readRecords() reports any flipped bit of a record as corrupt', async () => {
  const small = Buffer.concat([frameRecord(Buffer.from('first')), frameRecord(Buffer.from('second'))]);
  const start = 12 + 5 + 4;
  for (let at = start; at < small.length; at++) {
    const damaged = Buffer.from(small);
    damaged[at]! ^= 1 << at % 8;
    await assert.rejects(
      () => textsOf(readRecords(inPieces(damaged, 9))),
      (error) => error instanceof RecordError && error.kind === 'corrupt' && error.offset === start,
      `byte ${at}`,
    );
  }
});

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function textsOf(records: AsyncIterable<Uint8Array>): Promise<string[]> {
  return (await Array.fromAsync(records)).map((payload) => Buffer.from(payload).toString('hex'));
}
