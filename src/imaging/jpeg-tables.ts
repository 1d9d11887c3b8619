/** A Huffman code: how many codes there are of 1 to 16 bits, and the symbols in the order of their codes. */
export interface HuffmanCode {
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

/** Where the coefficients stand, row by row, in the order of their coming (T.81, figure A.6). */
export const zigzag: readonly number[] = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/** The sizes of differences in brightness (T.81, table K.3). */
export const differenceCode: HuffmanCode = {
  counts: Uint8Array.of(0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0),
  symbols: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
};

/** Zeros and the size of what comes after them, in brightness (T.81, table K.5). */
export const coefficientCode: HuffmanCode = {
  counts: Uint8Array.of(0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125),
  symbols: Uint8Array.from(
    Buffer.from(
      '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a43444546' +
        '4748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7' +
        'b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa',
      'hex',
    ),
  ),
};

/** Quanta of brightness, row by row (T.81, table K.1). */
const commonQuanta = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
  18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/** Quanta at a quality of 1 to 100, row by row, as libjpeg's `jpeg_set_quality` has them. */
export function quantaOf(quality: number): Uint8Array {
  const percent = quality < 50 ? Math.trunc(5000 / quality) : 200 - 2 * quality;
  return Uint8Array.from(commonQuanta, (quantum) => Math.min(Math.max(Math.trunc((quantum * percent + 50) / 100), 1), 255));
}
