/**
 * The kernel that encodes JPEG files of one component, Huffman-coded in one sequential scan (ITU T.81, annex F); exported
 * by imaging.ts. All pointers are byte offsets.
 */

// @ts-nocheck: AssemblyScript has types that TypeScript does not know.

import { quantise } from './forward-transform';

/** A code (or a code and what follows it) in 27 bits, and above them how many of these count. */
const codeBits = 27;
const codeMask = (1 << codeBits) - 1;
/** Bytes from the codes of differences to those of symbols, and to those of short values. */
const toSymbols: usize = 16 * 4, toValues: usize = toSymbols + 256 * 4;
/** Bytes of a block: 64 i16, the same as 64 bytes in zigzag order, and a word of which of them are not 0. */
const toBytes = 128, toRest = 192, blockBytes: usize = 208;

// What has to be known from one row of blocks to the next: bits that are no whole byte yet, at the top of a word; how many
// of the word are free; and the last mean.
let word: u64 = 0, free: u64 = 64, level = 0;

/**
 * The scan of 8 * across by 8 * down bytes, row by row, and the marker of the end; the address after it. `scales` is as
 * `quantise` has it. `codes` has a word for each size of a difference (16), for each symbol (256), and for each value
 * from -128 to 127 after 0 to 63 zeros (64 * 256): the end of the block where the value is 0; 0 where there are more than 15
 * zeros or the value is at an end. `order` is where the zigzag leads, in bytes of a block. `blocks` is scratch for 208 bytes
 * a block of a row, `bits` the end of scratch for 256.
 */
export function encodeBlocks(pixels: usize, across: i32, down: i32, scales: usize, codes: usize, order: usize, blocks: usize, bits: usize, target: usize): usize {
  const stride = <usize>across * 8;
  word = 0;
  free = 64;
  level = 0;
  for (; down > 0; down--, pixels += stride * 8) {
    for (let column: usize = 0; column < <usize>across; column++) {
      const block = blocks + column * blockBytes;
      store<u64>(block, quantise(pixels + column * 8, stride, scales, block), toRest);
    }
    target = stuff(bits, writeBlocks(blocks, across, codes, order, bits), target);
  }
  // The last byte is filled with ones.
  if (free < 64) target = stuffByte(<u8>((word >>> 56) | (<u64>255 >>> (64 - free))), target);
  store<u16>(target, 0xd9ff);
  return target + 2;
}

/** The codes of some blocks, written backwards from `to` down, so that a little-endian word has the first bit at its top; where they end. */
function writeBlocks(block: usize, count: i32, codes: usize, order: usize, to: usize): usize {
  const values = codes + toValues + 128 * 4;
  let top = word, room = free, before = level;
  for (; count > 0; count--, block += blockBytes) {
    const mean = <i32>load<i16>(block);
    const first = <u64>joined(load<u32>(codes + <usize>sizeOf(mean - before) * 4), mean - before);
    before = mean;
    room -= first >>> codeBits;
    top |= (first & codeMask) << room;
    store<u64>(to - 8, top);
    to -= <usize>((64 - room) >>> 3);
    top <<= (64 - room) & 56;
    room += (64 - room) & 56;
    // A place of its own for the end, which is the last one's where that is not 0.
    let rest = (load<u64>(block, toRest) & ~<u64>1) | (<u64>1 << 63);
    // The place after the last value.
    let place: usize = 1;
    do {
      // Two codes find room in a word beside the bits of a byte.
      for (let turn = 0; turn < 2; turn++) {
        const next = <usize>ctz(rest);
        let left = rest & (rest - 1), after = next + 1;
        let code = <u64>load<u32>(values + (((next - place) << 8) + <usize>load<i8>(block + next, toBytes)) * 4);
        if (code === 0) {
          if (next - place > 15) {
            code = <u64>load<u32>(codes, toSymbols + 0xf0 * 4);
            left = rest;
            after = place + 16;
          } else {
            code = <u64>longCode(codes, <i32>(next - place), <i32>load<i16>(block + <usize>load<u8>(order + next)));
          }
        }
        rest = left;
        place = after;
        room -= code >>> codeBits;
        top |= (code & codeMask) << room;
        if (rest === 0) break;
      }
      store<u64>(to - 8, top);
      const used = 64 - room;
      to -= <usize>(used >>> 3);
      top <<= used & 56;
      room += used & 56;
    } while (rest !== 0);
  }
  word = top;
  free = room;
  level = before;
  return to;
}

/** T.81, F.1.2.1: how many bits a value takes. */
// @ts-ignore: decorator
@inline
function sizeOf(value: i32): i32 {
  return 32 - clz(abs(value));
}

/** The code of a value's size, then the value. */
// @ts-ignore: decorator
@inline
function joined(code: u32, value: i32): u32 {
  const size = sizeOf(value);
  const bits = <u32>(value + (value >> 31)) & ((1 << size) - 1);
  return ((code + (<u32>size << codeBits)) & ~codeMask) | ((code & codeMask) << size) | bits;
}

function longCode(codes: usize, zeros: i32, value: i32): u32 {
  return joined(load<u32>(codes + toSymbols + <usize>((zeros << 4) | sizeOf(value)) * 4), value);
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
