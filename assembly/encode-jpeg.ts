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
/** Of a code that is the upper bits of a word, the lower ones, which are its length. */
const lengthBits = 6, lengthMask: u64 = 63;

// The lowest `used` bits of a word, which are no whole byte yet: what is above them is written. And the end of the bytes before
// them, which are written backwards, so that a little-endian word has its first bit at the top.
let word: u64 = 0, used: u64 = 0, to: usize = 0;

/**
 * The scan of 8 * across by 8 * down pixels and the marker of the end; the address after it. `rows` and `step` are as `quantise`
 * has them, of the first block, and so is `scales`. `codes` has words that are a code and, in the lowest 6 bits, its length: for each
 * size of a difference (16), for each symbol (256), and for each pair of values from -32 to 31 after 0, 1, 2, 3 or more zeros
 * (5 * 64 * 64), those of pairs that the table has not being negative. `order` is where the zigzag leads, in bytes of a block.
 * `blocks` is scratch for 208 bytes a block of a row, `bits` the end of scratch for 256.
 */
export function encodeBlocks(rows: usize, step: isize, across: i32, down: i32, scales: usize, codes: usize, order: usize, blocks: usize, bits: usize, target: usize): usize {
  const end = blocks + <usize>across * blockBytes;
  used = 0;
  let level = 0;
  // What ends the block before.
  let code: u64 = 0;
  for (; down > 0; down--, rows += step * 8) {
    for (let block = blocks, first = rows; block < end; block += blockBytes, first += 16) {
      store<u64>(block, quantise(first, step, scales, block), toMarks);
      store<u64>(block, noPair, toIndexes + 64);
    }
    to = bits;
    for (let block = blocks; block < end; block += blockBytes) {
      const mean = <i32>load<i16>(block), count = 64 - clz(load<u64>(block, toMarks));
      put(joined(code, codeOfValue(load<u32>(codes + <usize>sizeOf(mean - level) * 4), mean - level)));
      level = mean;
      putPairs(block, block + <usize>count, codes, order);
      code = count < 63 ? load<u32>(codes + toSymbols) : 0;
    }
    target = stuff(bits, to, target);
  }
  to = bits;
  put(code);
  target = stuff(bits, to, target);
  // The last byte is filled with ones.
  if (used > 0) target = stuffByte(<u8>((word << (8 - used)) | (255 >>> used)), target);
  store<u16>(target, 0xd9ff);
  return target + 2;
}

// @ts-ignore: decorator
@inline
function put(code: u64): void {
  word = (word << (code & lengthMask)) | (code >>> lengthBits);
  used += code & lengthMask;
  store<u64>(to - 8, word << (64 - used));
  to -= <usize>(used >>> 3);
  used &= 7;
}

/** All that comes after the mean of a block. A pair of values takes two bytes: `end` is as many bytes behind `block` as there are values. */
function putPairs(block: usize, end: usize, codes: usize, order: usize): void {
  for (let pair = putKnownPairs(block, end, codes); pair < end; pair = putKnownPairs(pair + 2, end, codes)) {
    putLongPair(block, <u64>(pair - block), codes, order);
  }
}

/** Pairs as far as the table has them; the first that it has not, or the end. */
function putKnownPairs(pair: usize, end: usize, codes: usize): usize {
  // Of their own: a loop as short as this has them in registers.
  let bits = word, count = used, at = to, lone = -1;
  // Two at a time: beyond the last value all are zeros, which write nothing.
  for (; pair < end; pair += 4) {
    const one = load<i32>(codes + <usize>load<u16>(pair, toIndexes) * 4, toPairs);
    const other = load<i32>(codes + <usize>load<u16>(pair, toIndexes + 2) * 4, toPairs);
    if ((one | other) < 0) {
      lone = one;
      break;
    }
    const length = <u64>(one + other) & lengthMask;
    bits = (bits << length) | (<u64>(one >> lengthBits) << <u64>other) | <u64>(other >> lengthBits);
    count += length;
    store<u64>(at - 8, bits << (64 - count));
    at -= <usize>(count >>> 3);
    count &= 7;
  }
  word = bits;
  used = count;
  to = at;
  if (lone < 0) return pair;
  put(lone);
  return pair + 2;
}

/** Two values of any kind, from place `index` + 1 of the zigzag on. */
function putLongPair(block: usize, index: u64, codes: usize, order: usize): void {
  const marks = load<u64>(block, toMarks);
  for (let zeros = zerosBefore(marks, index + ctz(marks >>> index)); zeros > 15; zeros -= 16) put(load<u32>(codes + toSymbols, 0xf0 * 4));
  const first = isValue(marks, index) ? codeAt(index, marks, block, codes, order) : 0;
  put(joined(first, isValue(marks, index + 1) ? codeAt(index + 1, marks, block, codes, order) : 0));
}

// @ts-ignore: decorator
@inline
function isValue(marks: u64, index: u64): bool {
  return ((marks >>> index) & 1) !== 0;
}

/** The code of the value at place `index` + 1 of the zigzag, with the zeros before it but for whole sixteens. */
// @ts-ignore: decorator
@inline
function codeAt(index: u64, marks: u64, block: usize, codes: usize, order: usize): u64 {
  const value = <i32>load<i16>(block + <usize>load<u8>(order + <usize>index, 1));
  return codeOfValue(load<u32>(codes + toSymbols + <usize>(((zerosBefore(marks, index) & 15) << 4) | sizeOf(value)) * 4), value);
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
function codeOfValue(code: u64, value: i32): u64 {
  const size = sizeOf(value), bits = <u64>((value + (value >> 31)) & ((1 << <i32>size) - 1));
  return joined(code, (bits << lengthBits) | size);
}

/** One code after the other, 58 bits at most. */
// @ts-ignore: decorator
@inline
function joined(one: u64, other: u64): u64 {
  return ((one >>> lengthBits) << ((other & lengthMask) + lengthBits)) | (other & ~lengthMask) | ((one + other) & lengthMask);
}

/** The bytes from `from` down to `to` in their order, a zero after each 0xff; the address after the last. */
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
