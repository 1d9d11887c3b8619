/**
 * The kernel that encodes JPEG files of one component, Huffman-coded in one sequential scan (ITU T.81, annex F); exported
 * by imaging.ts. All pointers are byte offsets.
 */

// @ts-nocheck: AssemblyScript has types that TypeScript does not know.

import { quantise } from './forward-transform';

/** Bytes from the codes of differences to those of symbols, and to those of pairs. */
const toSymbols: usize = 16 * 4, toPairs: usize = toSymbols + 256 * 4;
/** Bytes of a block: 64 i16, 32 pairs of u16 and one more of zeros, and a word of which values are not 0, as `quantise` has them. */
const toIndexes = 128, toMarks = 200, blockBytes: usize = 208;
/** Two zeros, as `quantise` has pairs. */
const noPair: u64 = 32 * 64 + 32;

// The bits that are no whole byte yet, at the top of a word; how many they are; and the end of the bytes before them, which
// are written backwards, so that a little-endian word has its first bit at the top.
let word: u64 = 0, used: u64 = 0, to: usize = 0;

/**
 * The scan of 8 * across by 8 * down bytes, row by row, and the marker of the end; the address after it. `scales` is as
 * `quantise` has it. `codes` has words that are a code at the top and its length in the lowest 5 bits: for each size of a
 * difference (16), for each symbol (256), and for each pair of values from -32 to 31 after 0, 1, 2, 3 or more zeros (5 * 64 *
 * 64). Those of pairs that the table has not are 0, of all others the bit above the length is set. `order` is where the zigzag
 * leads, in bytes of a block. `blocks` is scratch for 208 bytes a block of a row, `bits` the end of
 * scratch for 256.
 */
export function encodeBlocks(pixels: usize, across: i32, down: i32, scales: usize, codes: usize, order: usize, blocks: usize, bits: usize, target: usize): usize {
  const stride = <usize>across * 8;
  let level = 0;
  word = 0;
  used = 0;
  for (; down > 0; down--, pixels += stride * 8) {
    for (let column: usize = 0; column < <usize>across; column++) {
      const block = blocks + column * blockBytes;
      store<u64>(block, quantise(pixels + column * 8, stride, scales, block), toMarks);
      store<u64>(block, noPair, toIndexes + 64);
    }
    to = bits;
    for (let column: usize = 0; column < <usize>across; column++) {
      const block = blocks + column * blockBytes;
      const mean = <i32>load<i16>(block);
      putValue(load<u32>(codes + <usize>sizeOf(mean - level) * 4), mean - level);
      level = mean;
      putPairs(block, codes, order);
    }
    target = stuff(bits, to, target);
  }
  // The last byte is filled with ones.
  if (used > 0) target = stuffByte(<u8>((word >>> 56) | (<u64>255 >>> used)), target);
  store<u16>(target, 0xd9ff);
  return target + 2;
}

/** All that comes after the mean of a block. */
function putPairs(block: usize, codes: usize, order: usize): void {
  const marks = load<u64>(block, toMarks);
  const count = 64 - <usize>clz(marks);
  const end = block + count;
  let top = word, bits = used, at = to;
  // Two pairs at a time: beyond the last value all are zeros, which write nothing. What the table has not goes alone.
  for (let pair = block; pair < end; pair += 4) {
    const first = <u64>load<u32>(codes + <usize>load<u16>(pair, toIndexes) * 4, toPairs);
    const second = <u64>load<u32>(codes + <usize>load<u16>(pair, toIndexes + 2) * 4, toPairs);
    if ((first & second & 32) !== 0) {
      top |= ((first & 0xffffffc0) << 32) >>> bits;
      bits += first & 31;
      top |= ((second & 0xffffffc0) << 32) >>> bits;
      bits += second & 31;
      store<u64>(at - 8, top);
      at -= <usize>(bits >>> 3);
      top <<= bits & 56;
      bits &= 7;
    } else {
      word = top;
      used = bits;
      to = at;
      putLongPair(block, marks, pair - block, codes, order);
      pair -= 2;
      top = word;
      bits = used;
      at = to;
    }
  }
  word = top;
  used = bits;
  to = at;
  if (count < 63) put(load<u32>(codes + toSymbols));
}

/** Two values of any kind, the first one at place `first` + 1 of the zigzag. */
function putLongPair(block: usize, marks: u64, first: usize, codes: usize, order: usize): void {
  for (let index = first; index < first + 2; index++) {
    if (((marks >>> index) & 1) === 0) continue;
    let zeros = <i32>index - lastOf(marks & ((<u64>1 << index) - 1)) - 1;
    for (; zeros > 15; zeros -= 16) put(load<u32>(codes + toSymbols, 0xf0 * 4));
    const value = <i32>load<i16>(block + <usize>load<u8>(order + index, 1));
    putValue(load<u32>(codes + toSymbols + <usize>((zeros << 4) | sizeOf(value)) * 4), value);
  }
}

/** The highest bit that is set, -1 where none is. */
// @ts-ignore: decorator
@inline
function lastOf(marks: u64): i32 {
  return 63 - <i32>clz(marks);
}

/** T.81, F.1.2.1: how many bits a value takes. */
// @ts-ignore: decorator
@inline
function sizeOf(value: i32): i32 {
  return 32 - clz(abs(value));
}

/** The code of a value's size, then the value. */
function putValue(code: u32, value: i32): void {
  const size = sizeOf(value);
  put(code);
  const bits = <u32>(value + (value >> 31)) & ((1 << size) - 1);
  // Two shifts, because one by 32 does nothing.
  put(((bits << 1) << (31 - size)) | size);
}

/** A code at the top of a word, its length in the lowest bits. */
function put(code: u32): void {
  word |= (<u64>(code & ~31) << 32) >>> used;
  used += code & 31;
  store<u64>(to - 8, word);
  to -= <usize>(used >>> 3);
  word <<= used & 56;
  used &= 7;
}

/** The bytes from `from` down to `to` in their order, a zero after each 0xff; the address after the last. */
// @ts-ignore: decorator
@inline
function stuff(from: usize, to: usize, target: usize): usize {
  while (from >= to + 16) {
    from -= 16;
    const turned = v128.load(from);
    const bytes = v128.shuffle<i8>(turned, turned, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    if (v128.any_true(i8x16.eq(bytes, i8x16.splat(-1)))) {
      for (let at: usize = 16; at > 0; at--) target = stuffByte(load<u8>(from + at - 1), target);
    } else {
      v128.store(target, bytes);
      target += 16;
    }
  }
  for (; from > to; from--) target = stuffByte(load<u8>(from - 1), target);
  return target;
}

// @ts-ignore: decorator
@inline
function stuffByte(byte: u8, target: usize): usize {
  store<u16>(target, byte);
  return target + 1 + <usize>(byte === 0xff);
}
