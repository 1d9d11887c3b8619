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
/** Set in the code of a pair that the table has. */
const isKnown: u32 = 32;

/** Of a code at the top of a word, the bits that are its length: of a u32 from the table, and of a u64. */
const shortLength: u32 = 31, longLength: u64 = 63;

/**
 * The scan of 8 * across by 8 * down pixels and the marker of the end; the address after it. `rows` and `step` are as `quantise`
 * has them, of the first block, and so is `scales`. `codes` has words that are a code at the top and its length in the lowest 5
 * bits: for each size of a difference (16), for each symbol (256), and for each pair of values from -32 to 31 after 0, 1, 2, 3 or
 * more zeros (5 * 64 * 64). Those of pairs that the table has not are 0, of all others the bit above the length is set. `order`
 * is where the zigzag leads, in bytes of a block. `blocks` is scratch for 208 bytes a block of a row, `bits` the end of scratch
 * for 256.
 */
export function encodeBlocks(rows: usize, step: isize, across: i32, down: i32, scales: usize, codes: usize, order: usize, blocks: usize, bits: usize, target: usize): usize {
  const end = blocks + <usize>across * blockBytes;
  // Bits that are no whole byte yet, at the top of a word, and how many they are; and what is to follow them.
  let top: u64 = 0, used: u64 = 0, code: u64 = 0;
  let level = 0;
  for (; down > 0; down--, rows += step * 8) {
    for (let block = blocks, first = rows; block < end; block += blockBytes, first += 16) {
      store<u64>(block, quantise(first, step, scales, block), toMarks);
      store<u64>(block, noPair, toIndexes + 64);
    }
    // Bytes are written backwards, so that a little-endian word has its first bit at the top.
    let to = bits;
    for (let block = blocks; block < end; block += blockBytes) {
      const mean = <i32>load<i16>(block);
      const marks = load<u64>(block, toMarks), count = 64 - clz(marks);
      // With what is written of long runs of zeros, as if a value ended each sixteen.
      let written = marks;
      // After the end of the block before.
      code = joined(code, codeOfValue(load<u32>(codes + <usize>sizeOf(mean - level) * 4), mean - level));
      level = mean;
      for (let index: u64 = 0; ; index += 4) {
        top |= (code & ~longLength) >>> used;
        used += code & longLength;
        store<u64>(to - 8, top);
        to -= <usize>(used >>> 3);
        top <<= used & 56;
        used &= 7;
        if (index >= count) break;
        // Two pairs at a time: beyond the last value all are zeros, which write nothing.
        const pair = block + <usize>index;
        const one = load<u32>(codes + <usize>load<u16>(pair, toIndexes) * 4, toPairs);
        const other = load<u32>(codes + <usize>load<u16>(pair, toIndexes + 2) * 4, toPairs);
        if ((one & other & isKnown) !== 0) {
          code = joined(longer(one), longer(other));
          continue;
        }
        const next = index + ctz(marks >>> index), zeros = zerosBefore(written, next);
        if (zeros > 15) {
          code = longer(load<u32>(codes + toSymbols, 0xf0 * 4));
          written |= <u64>1 << (next - zeros + 15);
          index -= 4;
        } else {
          // A pair alone.
          const first = isValue(marks, index) ? codeAt(index, written, block, codes, order) : 0;
          code = joined(first, isValue(marks, index + 1) ? codeAt(index + 1, written, block, codes, order) : 0);
          index -= 2;
        }
      }
      code = count < 63 ? longer(load<u32>(codes + toSymbols)) : 0;
    }
    target = stuff(bits, to, target);
  }
  top |= (code & ~longLength) >>> used;
  for (used += code & longLength; used >= 8; used -= 8, top <<= 8) target = stuffByte(<u8>(top >>> 56), target);
  // The last byte is filled with ones.
  if (used > 0) target = stuffByte(<u8>((top >>> 56) | (<u64>255 >>> used)), target);
  store<u16>(target, 0xd9ff);
  return target + 2;
}

// @ts-ignore: decorator
@inline
function isValue(marks: u64, index: u64): bool {
  return ((marks >>> index) & 1) !== 0;
}

/** The code of the value at place `index` + 1 of the zigzag, with the zeros before it, at most 15. */
// @ts-ignore: decorator
@inline
function codeAt(index: u64, marks: u64, block: usize, codes: usize, order: usize): u64 {
  const value = <i32>load<i16>(block + <usize>load<u8>(order + <usize>index, 1));
  return codeOfValue(load<u32>(codes + toSymbols + <usize>((zerosBefore(marks, index) << 4) | sizeOf(value)) * 4), value);
}

/** How many bits are 0 below this one, down to the next that is set. */
// @ts-ignore: decorator
@inline
function zerosBefore(marks: u64, index: u64): u64 {
  return index - 64 + clz(marks & ((<u64>1 << index) - 1));
}

/** T.81, F.1.2.1: how many bits a value takes. */
// @ts-ignore: decorator
@inline
function sizeOf(value: i32): u64 {
  return 32 - clz(abs(value));
}

/** The code of a value's size, then the value. */
// @ts-ignore: decorator
@inline
function codeOfValue(code: u32, value: i32): u64 {
  const size = sizeOf(value), length = <u64>(code & shortLength) + size;
  return (<u64>(code & ~shortLength) << 32) | (<u64>((value + (value >> 31)) & ((1 << <i32>size) - 1)) << (64 - length)) | length;
}

/** A code of the table in a u64. */
// @ts-ignore: decorator
@inline
function longer(code: u32): u64 {
  return (<u64>(code & ~(isKnown | shortLength)) << 32) | <u64>(code & shortLength);
}

/** One code after the other, 58 bits at most. */
// @ts-ignore: decorator
@inline
function joined(one: u64, other: u64): u64 {
  return (one & ~longLength) | ((other & ~longLength) >>> (one & longLength)) | ((one + other) & longLength);
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
