/**
 * Kernels for JPEG files of one component, Huffman-coded in one sequential scan (ITU T.81, annex F); exported by
 * imaging.ts. All pointers are byte offsets. Whatever is odd about a file ends the work: the caller then takes another
 * decoder, which knows what to say of it.
 */

// @ts-nocheck: AssemblyScript has types that TypeScript does not know.

import { fillLevel, transform } from './inverse-transform';

/** Bits that the first look at a code takes. */
const lookBits = 11;

/**
 * The bytes of a scan without their stuffing, written backwards from `end` down, so that a little-endian word read there
 * has the first bit of the scan at its top. The count of bytes written; -1 unless the scan ends with the picture's end.
 */
export function unstuff(source: usize, length: i32, end: usize): i32 {
  const sourceEnd = source + length;
  let target = end;
  while (source + 16 <= sourceEnd) {
    const bytes = v128.load(source);
    if (v128.any_true(i8x16.eq(bytes, i8x16.splat(-1)))) {
      // As far as the first 0xff, and past it.
      for (;;) {
        const byte = load<u8>(source++);
        store<u8>(--target, byte);
        if (byte === 0xff) break;
      }
      const next = load<u8>(source++);
      if (next !== 0) return next === 0xd9 ? <i32>(end - target) - 1 : -1;
    } else {
      target -= 16;
      v128.store(target, v128.shuffle<i8>(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
      source += 16;
    }
  }
  while (source + 1 < sourceEnd) {
    const byte = load<u8>(source++);
    store<u8>(--target, byte);
    if (byte !== 0xff) continue;
    const next = load<u8>(source++);
    if (next !== 0) return next === 0xd9 ? <i32>(end - target) - 1 : -1;
  }
  return -1;
}

/**
 * Decoding table from the 16 counts of codes by length and the symbols (T.81, C.2). First 2048 words, by the next 11 bits:
 * the value in the upper half (DC: a difference; AC: a coefficient), then the zeros before it, then the bits taken; a
 * zero word where 11 bits do not suffice. Then, by the length of a code, 17 words that are the upper limit of such
 * codes in 16 bits, and 17 that lead from a code to its symbol; then the symbols. False where the counts are no code.
 */
export function fillTable(counts: usize, symbols: usize, total: i32, table: usize): bool {
  memory.fill(table, 0, 4 << lookBits);
  const limits = table + (4 << lookBits), offsets = limits + 68;
  memory.copy(offsets + 68, symbols, total);
  let code = 0, index = 0;
  for (let length = 1; length <= 16; length++) {
    store<i32>(offsets + length * 4, index - code);
    for (let left = <i32>load<u8>(counts + length - 1); left > 0; left--, code++, index++) {
      if (code >= 1 << length) return false;
      if (length <= lookBits) fillLooks(table, code, length, load<u8>(symbols + index));
    }
    store<i32>(limits + length * 4, code << (16 - length));
    code <<= 1;
  }
  return true;
}

/** All 11-bit words that begin with this code. */
function fillLooks(table: usize, code: i32, length: i32, symbol: i32): void {
  const size = symbol & 15, taken = length + size;
  const free = lookBits - length;
  if (size > free) return;
  for (let rest = 0; rest < 1 << free; rest++) {
    const value = size === 0 ? 0 : extended(rest >> (free - size), size);
    store<i32>(table + <usize>((code << free) | rest) * 4, (value << 16) | ((symbol >> 4) << 8) | taken);
  }
}

/** T.81, F.2.2.1: a value of `size` bits whose top bit is 0 is negative. */
// @ts-ignore: decorator
@inline
function extended(bits: i32, size: i32): i32 {
  return bits - (((1 << size) - 1) & ((bits >> (size - 1)) - 1));
}

/** As fillLooks has it, for a code that the first look did not find; 0 where there is no such code. */
function lookLonger(table: usize, word: u64): i32 {
  const limits = table + (4 << lookBits), offsets = limits + 68;
  const top = <i32>(word >>> 48);
  let length = 1;
  while (length <= 16 && top >= load<i32>(limits + length * 4)) length++;
  if (length > 16) return 0;
  const symbol = <i32>load<u8>(offsets + 68 + (top >> (16 - length)) + load<i32>(offsets + length * 4));
  const size = symbol & 15;
  const value = size === 0 ? 0 : extended(<i32>((word << length) >>> (64 - size)), size);
  return (value << 16) | ((symbol >> 4) << 8) | (length + size);
}

/**
 * All blocks of a picture, left to right and top to bottom, 8 x 8 bytes each, into rows of 8 * across bytes. `places` has for
 * each coefficient in its zigzag order the byte where it stands in a block (lower half) and its quantum (upper half);
 * `block` is scratch for 64 i16. False where the bits are not exactly those of such a picture.
 */
export function decodeBlocks(end: usize, bytes: i32, dcTable: usize, acTable: usize, places: usize, block: usize, target: usize, across: i32, down: i32): bool {
  const bits: u64 = <u64>bytes * 8, stride = <usize>across * 8;
  let at: u64 = 0, word: u64 = load<u64>(end - 8), left = 64, level = 0;
  for (; down > 0; down--, target += stride * 7) {
    for (let column = 0; column < across; column++, target += 8) {
      for (let row: usize = 0; row < 128; row += 16) v128.store(block + row, i64x2.splat(0));
      let found = load<i32>(dcTable + <usize>(word >>> (64 - lookBits)) * 4);
      if (found === 0) found = lookLonger(dcTable, word);
      let taken = found & 255;
      if (taken === 0) return false;
      level += (found >> 16);
      store<i16>(block, level * (load<i32>(places) >>> 16));
      at += taken;
      word <<= taken;
      left -= taken;
      let place = 0;
      while (place < 63) {
        if (left < 32) {
          word = load<u64>(end - 8 - <usize>(at >>> 3)) << (at & 7);
          left = 57;
        }
        found = load<i32>(acTable + <usize>(word >>> (64 - lookBits)) * 4);
        if (found === 0) {
          found = lookLonger(acTable, word);
          if (found === 0) return false;
        }
        taken = found & 255;
        at += taken;
        word <<= taken;
        left -= taken;
        const value = (found >> 16), zeros = (found >> 8) & 255;
        if (value === 0) {
          // The end of the block, or sixteen zeros.
          if (zeros === 0) break;
          if (zeros !== 15) return false;
          place += 16;
        } else {
          place += zeros + 1;
          if (place > 63) return false;
          const where = load<i32>(places + <usize>place * 4);
          store<i16>(block + <usize>(where & 0xffff), value * (where >>> 16));
        }
      }
      if (place > 63 || at > bits) return false;
      if (left < 32) {
        word = load<u64>(end - 8 - <usize>(at >>> 3)) << (at & 7);
        left = 57;
      }
      if (place === 0) fillLevel(<i32>load<i16>(block), target, stride);
      else transform(block, target, stride);
    }
  }
  return bits - at < 8;
}
