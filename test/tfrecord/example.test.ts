import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeExample, encodeExample, framesOfExamples } from '../../src/tfrecord/example.ts';
import { crc32c } from '../../src/tfrecord/crc32c.ts';
import { frameRecord } from '../../src/tfrecord/framing.ts';

test('encodeExample() gives exactly the bytes of the wire format, features in the given order', () => {
  const bytes = encodeExample([['image', Uint8Array.of(1, 2)], ['label', Uint8Array.of(3)]]);
  assert.deepEqual([...bytes], [
    ...[0x0a, 33],
    ...[0x0a, 15, 0x0a, 5, ...Buffer.from('image'), 0x12, 6, 0x0a, 4, 0x0a, 2, 1, 2],
    ...[0x0a, 14, 0x0a, 5, ...Buffer.from('label'), 0x12, 5, 0x0a, 3, 0x0a, 1, 3],
  ]);
});

for (const length of [0, 1, 127, 128, 16_383, 16_384, 2_100_000]) {
  test(`decodeExample() gives back a value of ${length} bytes`, () => {
    const value = Uint8Array.from({ length }, (_, i) => i & 0xff);
    const decoded = decodeExample(encodeExample([['image', value], ['classname', Buffer.from('No_Finding')]]));
    assert.deepEqual([...decoded.keys()], ['image', 'classname']);
    assert.equal(Buffer.compare(decoded.get('image')!, value), 0);
    assert.equal(Buffer.from(decoded.get('classname')!).toString(), 'No_Finding');
  });
}

test('framesOfExamples() is frameRecord() of each encodeExample(), and tells the checksum of all', () => {
  const features = [['image', new Uint8Array(5000).fill(9)], ['labels', new Uint8Array(14)], ['path', new Uint8Array(300).fill(3)]] as const;
  const record = frameRecord(encodeExample(features));
  const frames = framesOfExamples([features, [['label', Uint8Array.of(1)]], features]);
  const bytes = new Uint8Array(frames.sizeBytes);
  const sum = frames.write(bytes);
  assert.equal(Buffer.compare(bytes, Buffer.concat([record, frameRecord(encodeExample([['label', Uint8Array.of(1)]])), record])), 0);
  assert.equal(sum, crc32c(bytes));
  assert.equal(framesOfExamples([]).sizeBytes, 0);
});

test('framesOfExamples() takes the word of its caller for the checksum of a value', () => {
  const features = [['image', new Uint8Array(5000).fill(9)]] as const;
  const asked: Uint8Array[] = [];
  const frames = framesOfExamples([features, features], (value) => {
    asked.push(value);
    return crc32c(value);
  });
  frames.write(new Uint8Array(frames.sizeBytes));
  assert.deepEqual(asked, [features[0][1], features[0][1]]);
});

test('decodeExample() passes over unknown fields and takes the last of two equal names', () => {
  const first = encodeExample([['label', Uint8Array.of(1)]]);
  const second = encodeExample([['label', Uint8Array.of(2)]]);
  const unknown = [0x28, 0x96, 0x01, 0x31, 1, 2, 3, 4, 5, 6, 7, 8, 0x3d, 1, 2, 3, 4];
  const decoded = decodeExample(Buffer.concat([first, Buffer.from(unknown), second]));
  assert.deepEqual([...decoded].map(([name, value]) => [name, [...value]]), [['label', [2]]]);
});

test('decodeExample() refuses a feature that is not one byte string, naming it', () => {
  // Feature { int64_list = 3 }, and a bytes_list of two.
  const withFeature = (feature: number[]) => Buffer.from([0x0a, feature.length + 7, 0x0a, feature.length + 5, 0x0a, 1, 0x61, 0x12, feature.length, ...feature]);
  assert.throws(() => decodeExample(withFeature([0x1a, 2, 0x08, 1])), /Cannot read feature "a": it holds 0 byte strings, not one/);
  assert.throws(() => decodeExample(withFeature([0x0a, 6, 0x0a, 1, 1, 0x0a, 1, 2])), /Cannot read feature "a": it holds 2 byte strings, not one/);
});

test('decodeExample() throws RangeError on every cut of an example', () => {
  const whole = encodeExample([['image', new Uint8Array(200)]]);
  for (let end = 1; end < whole.length; end++) assert.throws(() => decodeExample(whole.subarray(0, end)), RangeError, `${end} bytes`);
});
