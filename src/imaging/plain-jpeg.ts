import type { HuffmanCode } from './jpeg-tables.ts';

/** What a JPEG file says of itself where it is of the plainest kind: one component, one Huffman-coded sequential scan. */
export interface PlainJpeg {
  readonly width: number;
  readonly height: number;
  /** Quanta of the 64 coefficients in zigzag order. */
  readonly quanta: Uint8Array;
  readonly dc: HuffmanCode;
  readonly ac: HuffmanCode;
  /** Where the scan's bits begin. */
  readonly start: number;
}

/** Null where the file has anything else in it, be it lawful or a fault: another decoder knows what to say of it. */
export function readPlainJpeg(bytes: Uint8Array): PlainJpeg | null {
  const found: Found = { quanta: [], dc: [], ac: [] };
  let at = 2;
  // ITU T.81, annex B: `FF marker | u16 length | …`, the length counting itself.
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    const end = at + 2 + shortAt(bytes, at + 2);
    const segment = bytes.subarray(at + 4, end);
    if (marker === startOfScan) return isWholeScan(segment) ? describe(found, segment, end) : null;
    if (!read(marker, segment, found)) return null;
    at = end;
  }
  return null;
}

interface Found {
  frame?: { readonly width: number; readonly height: number; readonly component: number; readonly table: number };
  readonly quanta: Uint8Array[];
  readonly dc: HuffmanCode[];
  readonly ac: HuffmanCode[];
}

const startOfScan = 0xda;
const mostTables = 4;

/** False where the segment asks for more than is done here. */
function read(marker: number, segment: Uint8Array, found: Found): boolean {
  switch (marker) {
    case 0xc0:
      return found.frame === undefined && readFrame(segment, found);
    case 0xc4:
      return readCodes(segment, found);
    case 0xdb:
      return readQuanta(segment, found);
    case 0xdd:
      return shortAt(segment, 0) === 0;
    case 0xe1:
      // Exif may say that the film lies on its side.
      return Buffer.from(segment.subarray(0, 4)).toString('latin1') !== 'Exif';
    default:
      // Applications' own segments and comments have no part in the pixels.
      return (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
  }
}

// u8 bits | u16 height | u16 width | u8 components | (u8 name | u8 sampling | u8 table) each
function readFrame(segment: Uint8Array, found: Found): boolean {
  const [bits, , , , , components, component = 0, sampling, table = 0] = segment;
  found.frame = { width: shortAt(segment, 3), height: shortAt(segment, 1), component, table };
  return segment.length === 9 && bits === 8 && components === 1 && sampling === 0x11;
}

// (u4 class | u4 number | u8 counts[16] | symbols) each
function readCodes(segment: Uint8Array, found: Found): boolean {
  let at = 0;
  while (at + 17 <= segment.length) {
    const kind = (segment[at] ?? 0) >> 4;
    const number = (segment[at] ?? 0) & 15;
    const counts = segment.subarray(at + 1, at + 17);
    const end = at + 17 + counts.reduce((sum, count) => sum + count, 0);
    const symbols = segment.subarray(at + 17, end);
    if (end > segment.length || symbols.length > 256 || kind > 1 || number >= mostTables) return false;
    // The code of a difference is its size in bits.
    if (kind === 0 && symbols.some((symbol) => symbol > 15)) return false;
    (kind === 0 ? found.dc : found.ac)[number] = { counts, symbols };
    at = end;
  }
  return at === segment.length;
}

// (u4 bytes of a quantum less 1 | u4 number | quanta) each
function readQuanta(segment: Uint8Array, found: Found): boolean {
  for (let at = 0; at < segment.length; at += 65) {
    const number = segment[at] ?? 0;
    if (number >= mostTables || at + 65 > segment.length) return false;
    found.quanta[number] = segment.subarray(at + 1, at + 65);
  }
  return true;
}

/** One component, all 64 coefficients, all their bits: `u8 components | u8 name | u4 dc | u4 ac | u8 0 | u8 63 | u8 0`. */
function isWholeScan(segment: Uint8Array): boolean {
  return segment.length === 6 && segment[0] === 1 && segment[3] === 0 && segment[4] === 63 && segment[5] === 0;
}

function describe({ frame, ...found }: Found, segment: Uint8Array, start: number): PlainJpeg | null {
  const [, component, tables = 0] = segment;
  const quanta = found.quanta[frame?.table ?? 0];
  const dc = found.dc[tables >> 4];
  const ac = found.ac[tables & 15];
  if (frame === undefined || frame.component !== component || !quanta || !dc || !ac) return null;
  return { width: frame.width, height: frame.height, quanta, dc, ac, start };
}

function shortAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
