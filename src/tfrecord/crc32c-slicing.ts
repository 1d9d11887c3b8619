/** Castagnoli's, the bit of x^0 being the highest. */
export const reversedPolynomial = 0x82f63b78;
/** Eight tables of 256, one behind the other: table k holds the checksum of each byte followed by k zero bytes. */
const tables = buildTables();

/** CRC-32C in plain TypeScript, eight bytes at a time (Kounavis and Berry, "slicing-by-8"); goes on from `previous`. */
export function crc32cBySlicing(bytes: Uint8Array, previous = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let crc = ~previous;
  let at = 0;
  for (const end = bytes.length - 7; at < end; at += 8) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      entry(1792 + (low & 0xff)) ^
      entry(1536 + ((low >>> 8) & 0xff)) ^
      entry(1280 + ((low >>> 16) & 0xff)) ^
      entry(1024 + (low >>> 24)) ^
      entry(768 + (high & 0xff)) ^
      entry(512 + ((high >>> 8) & 0xff)) ^
      entry(256 + ((high >>> 16) & 0xff)) ^
      entry(high >>> 24);
  }
  for (; at < bytes.length; at++) crc = entry((crc ^ view.getUint8(at)) & 0xff) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function buildTables(): Int32Array {
  const built = new Int32Array(8 * 256);
  for (let value = 0; value < 256; value++) {
    let crc = value;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ reversedPolynomial : crc >>> 1;
    built[value] = crc;
  }
  for (let index = 256; index < built.length; index++) {
    const before = built[index - 256] ?? 0;
    built[index] = (built[before & 0xff] ?? 0) ^ (before >>> 8);
  }
  return built;
}

function entry(index: number): number {
  return tables[index] ?? 0;
}
