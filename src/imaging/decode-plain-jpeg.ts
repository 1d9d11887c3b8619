import type { Grey } from './grey.ts';
import { zigzag, type HuffmanCode } from './jpeg-tables.ts';
import { bytesAt, kernels, put, reserve, scratch } from './kernel-memory.ts';
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
export function decodePlainJpeg(bytes: Uint8Array): Grey | null {
  const jpeg = readPlainJpeg(bytes);
  return jpeg === null || jpeg.width * jpeg.height > mostPixels ? null : scratch(() => decode(bytes, jpeg));
}

function decode(bytes: Uint8Array, jpeg: PlainJpeg): Grey | null {
  const { width, height } = jpeg;
  const [across, down] = [Math.ceil(width / 8), Math.ceil(height / 8)];
  const scan = bytes.subarray(jpeg.start);
  const [source, bits, dc, ac, code, places, block, blocks, target] = reserve(
    scan.length, overrunBytes + scan.length, tableBytes, tableBytes, 16 + 256, 64 * 4, 64 * 2, across * down * 64, width * height,
  );
  put(source, scan);
  const end = bits + overrunBytes + scan.length;
  const scanBytes = kernels.unstuff(source, scan.length, end);
  if (scanBytes < 0 || !fillTable(jpeg.dc, code, dc) || !fillTable(jpeg.ac, code, ac)) return null;
  put(places, Int32Array.from(zigzag, (place, index) => (place * 2) | ((jpeg.quanta[index] ?? 0) << 16)));
  if (kernels.decodeBlocks(end, scanBytes, dc, ac, places, block, blocks, across, down) === 0) return null;
  // Without what blocks have beyond the right and the lower edge.
  kernels.copyRows(blocks, across * 8, target, width, height);
  return { width, height, pixels: bytesAt(target, width * height).slice() };
}

function fillTable({ counts, symbols }: HuffmanCode, code: number, table: number): boolean {
  bytesAt(code, 16).set(counts);
  bytesAt(code + 16, 256).set(symbols);
  return kernels.fillTable(code, code + 16, symbols.length, table) !== 0;
}
