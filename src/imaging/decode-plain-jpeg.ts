import { zigzag, type HuffmanCode } from './jpeg-tables.ts';
import { bytesAt, kernels, put, reserve, reservePlane, scratch, type Plane } from './kernel-memory.ts';
import { readPlainJpeg, type PlainJpeg } from './plain-jpeg.ts';

/** Larger films are left to the other decoder: the memory of the kernels never shrinks. */
const mostPixels = 1 << 24;
/** Words of a decoding table, as assembly/jpeg.ts lays it out: looks, limits and offsets, and 256 symbols of a byte. */
const tableBytes = 4 * (2048 + 17 + 17) + 256;
/** Bits that a broken block takes beyond the end of the scan, in bytes: 64 codes of 31 bits. */
const overrunBytes = 256;

/**
 * A film as nearly all are: a greyscale JPEG of one sequential scan, by the exact inverse cosine transform, the pixels
 * of libjpeg's default. Null for every other file and for one with any fault.
 */
export function decodePlainJpeg(bytes: Uint8Array): Plane | null {
  const jpeg = readPlainJpeg(bytes);
  if (jpeg === null || jpeg.width * jpeg.height > mostPixels) return null;
  const film = reservePlane(jpeg);
  return scratch(() => decode(bytes.subarray(jpeg.start), jpeg, film)) ? film : null;
}

function decode(scan: Uint8Array, jpeg: PlainJpeg, { width, height, at }: Plane): boolean {
  const [across, down] = [Math.ceil(width / 8), Math.ceil(height / 8)];
  const [source, bits, dc, ac, code, places, block, blocks] = reserve(
    scan.length, overrunBytes + scan.length, tableBytes, tableBytes, 16 + 256, 64 * 4, 64 * 2, across * down * 64,
  );
  put(source, scan);
  const end = bits + overrunBytes + scan.length;
  const scanBytes = kernels.unstuff(source, scan.length, end);
  if (scanBytes < 0 || !fillTable(jpeg.dc, code, dc) || !fillTable(jpeg.ac, code, ac)) return false;
  put(places, Int32Array.from(zigzag, (place, index) => (place * 2) | ((jpeg.quanta[index] ?? 0) << 16)));
  if (kernels.decodeBlocks(end, scanBytes, dc, ac, places, block, blocks, across, down) === 0) return false;
  // Without what blocks have beyond the right and the lower edge.
  kernels.copyRows(blocks, across * 8, at, width, height);
  return true;
}

function fillTable({ counts, symbols }: HuffmanCode, code: number, table: number): boolean {
  bytesAt(code, 16).set(counts);
  bytesAt(code + 16, 256).set(symbols);
  return kernels.fillTable(code, code + 16, symbols.length, table) !== 0;
}
