import assert from 'node:assert/strict';
import { test } from 'node:test';
import { continueCrc32c, crc32c, masked } from '../../src/tfrecord/crc32c.ts';
import { joinCrc32c } from '../../src/tfrecord/crc32c-join.ts';
import { crc32cBySlicing } from '../../src/tfrecord/crc32c-slicing.ts';

/** RFC 3720, section B.4, and the check value of the catalogue of CRC algorithms. */
const published: readonly (readonly [name: string, bytes: Uint8Array, crc: number])[] = [
  ['32 bytes of zeroes', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 bytes counting up', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['32 bytes counting down', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ['the check string', Buffer.from('123456789'), 0xe3069283],
  ['an iSCSI read command', Buffer.from('01c000000000000000000000000000001400000000000400000000140000001828000000000000000200000000000000', 'hex'), 0xd9963a56],
  ['nothing', new Uint8Array(), 0],
];

for (const [form, checksum] of [['crc32c', crc32c], ['crc32cBySlicing', crc32cBySlicing]] as const) {
  test(`${form}() gives the published checksums`, () => {
    for (const [name, bytes, crc] of published) assert.equal(checksum(bytes), crc, name);
  });
}

test('crc32c() and crc32cBySlicing() agree on every length and alignment up to 70 bytes', () => {
  const bytes = Uint8Array.from({ length: 80 }, (_, i) => (i * 167 + 13) & 0xff);
  for (let start = 0; start < 8; start++) {
    for (let length = 0; length <= 70; length++) {
      const part = bytes.subarray(start, start + length);
      assert.equal(crc32cBySlicing(part), crc32c(part), `${length} bytes from ${start}`);
    }
  }
});

test('continueCrc32c() and crc32cBySlicing() of the pieces give the checksum of the whole, wherever it is cut', () => {
  const bytes = Buffer.from('123456789123456789');
  for (let cut = 0; cut <= bytes.length; cut++) {
    const [before, after] = [bytes.subarray(0, cut), bytes.subarray(cut)];
    assert.equal(continueCrc32c(continueCrc32c(0, before), after), crc32c(bytes));
    assert.equal(crc32cBySlicing(after, crc32cBySlicing(before)), crc32c(bytes));
  }
});

test('joinCrc32c() of the checksums of two pieces is that of the whole, wherever it is cut', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 167 + 13) & 0xff);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const [before, after] = [bytes.subarray(0, cut), bytes.subarray(cut)];
    assert.equal(joinCrc32c(crc32c(before), crc32c(after), after.length), crc32c(bytes));
  }
  const large = new Uint8Array(70_000_001).fill(7);
  assert.equal(joinCrc32c(crc32c(bytes), crc32c(large), large.length), continueCrc32c(crc32c(bytes), large));
});

test('masked() rotates right by 15 and adds the constant', () => {
  // From the definition, in exact arithmetic, for a checksum whose sum passes 2^32.
  const crc = 0xe3069283n;
  const rotated = (crc >> 15n) | ((crc << 17n) & 0xffffffffn);
  assert.equal(masked(crc32c(Buffer.from('123456789'))), Number((rotated + 0xa282ead8n) & 0xffffffffn));
});
