/**
 * The exact forward cosine transform of JPEG ("islow") and its quantisation by SIMD: the whole numbers of libjpeg, which
 * are those of OpenCV's files.
 */

// @ts-nocheck: AssemblyScript has types that TypeScript does not know.

import { dot, early, Factors, late, turn } from './turn';

/** Where in two rows the values of the zigzag after the mean stand, 16 at a time; -1 gives 0. In memory like the factors. */
const places: usize = memory.data<i8>([
  1, 8, -1, 9, 2, 3, 10, -1, -1, -1, -1, -1, 11, 4, 5, 12,
  -1, -1, 0, -1, -1, -1, -1, 1, 8, -1, 9, 2, -1, -1, -1, -1,
  -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, -1, -1, -1, -1, -1, -1,
  -1, -1, -1, -1, -1, -1, -1, -1, -1, 13, 6, 7, 14, -1, -1, -1,
  3, 10, -1, -1, -1, -1, -1, 11, 4, -1, -1, -1, -1, 5, 12, -1,
  -1, -1, 1, 8, -1, 9, 2, -1, -1, -1, -1, -1, -1, -1, -1, 3,
  -1, -1, -1, -1, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
  -1, -1, -1, -1, -1, -1, -1, -1, -1, 15, -1, -1, -1, -1, -1, -1,
  -1, -1, -1, -1, -1, -1, -1, 13, 6, -1, 7, 14, -1, -1, -1, -1,
  10, -1, -1, -1, -1, 11, 4, -1, -1, -1, -1, -1, 5, 12, -1, -1,
  -1, 1, 8, 9, 2, -1, -1, -1, -1, -1, -1, -1, -1, -1, 3, 10,
  -1, -1, -1, -1, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
  -1, -1, 13, 6, -1, 7, 14, -1, -1, -1, -1, 15, -1, -1, -1, -1,
  11, 4, -1, -1, -1, -1, -1, 5, 12, 13, 6, -1, 7, 14, 15, -1,
], 16);

/** The most and the least that a value of a pair may be, where it counts from, and a pair of zeros as `zeros` has it; 16 bytes each. */
const limits: usize = memory.data<u32>([
  0x1f1f1f1f, 0x1f1f1f1f, 0x1f1f1f1f, 0x1f1f1f1f, 0xe0e0e0e0, 0xe0e0e0e0, 0xe0e0e0e0, 0xe0e0e0e0,
  0x20202020, 0x20202020, 0x20202020, 0x20202020, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
], 16);

/** 1.5 * 2^23: added to a float32, it leaves the nearest whole number in the lower bits. */
const roundingBits = 0x4b400000;

/**
 * Transforms along the rows of 8 * across by 8 * down bytes: 8 i16 a row of a block, row by row of the picture, which a row
 * upside down has in common with it. `block` is scratch for 64 i16.
 */
export function transformRows(pixels: usize, across: i32, down: i32, block: usize, rows: usize): void {
  const stride = <usize>across * 8, step = <usize>across * 16;
  for (; down > 0; down--, pixels += stride * 7, rows += step * 7) {
    for (let column = 0; column < across; column++, pixels += 8, rows += 16) {
      loadColumns(pixels, stride, block);
      passRows(block);
      turn(block, rows, step);
    }
  }
}

/**
 * Quantises 8 rows that `transformRows` made, `step` bytes from one to the next, which may lead back: first 64 i16 row by row, then
 * the 63 after the mean, and a zero, in zigzag order (T.81, figure A.6) as 32 pairs of u16 (see `pairsOf`). `scales` has 64
 * float32, row by row: 1 / (8 * quantum), longer by 2^-20 so that halves go outwards. Bit k of the answer is set where the value
 * at place k + 1 of the zigzag is not 0.
 */
// @ts-ignore: decorator
@inline
export function quantise(rows: usize, step: isize, scales: usize, block: usize): u64 {
  passColumns(rows, step, block, scales);
  return orderPairs(block);
}

/** The columns of 8 x 8 bytes, 8 u16 each. */
// @ts-ignore: decorator
@inline
function loadColumns(pixels: usize, stride: usize, block: usize): void {
  const ab = pairOfRows(pixels, stride), cd = pairOfRows(pixels + 2 * stride, stride);
  const ef = pairOfRows(pixels + 4 * stride, stride), gh = pairOfRows(pixels + 6 * stride, stride);
  const abcd0 = early(ab, cd), abcd1 = late(ab, cd), efgh0 = early(ef, gh), efgh1 = late(ef, gh);
  storeColumns(block, v128.shuffle<i32>(abcd0, efgh0, 0, 4, 1, 5));
  storeColumns(block + 32, v128.shuffle<i32>(abcd0, efgh0, 2, 6, 3, 7));
  storeColumns(block + 64, v128.shuffle<i32>(abcd1, efgh1, 0, 4, 1, 5));
  storeColumns(block + 96, v128.shuffle<i32>(abcd1, efgh1, 2, 6, 3, 7));
}

/** The bytes of two rows in turn. */
// @ts-ignore: decorator
@inline
function pairOfRows(pixels: usize, stride: usize): v128 {
  return v128.shuffle<i8>(v128.load64_zero(pixels), v128.load64_zero(pixels + stride), 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function storeColumns(block: usize, bytes: v128): void {
  v128.store(block, i16x8.extend_low_i8x16_u(bytes));
  v128.store(block, i16x8.extend_high_i8x16_u(bytes), 16);
}

/** Along the rows, whose first values stand together, then their second ones; 2 bits more than the mean of a row. */
// @ts-ignore: decorator
@inline
function passRows(block: usize): void {
  const in0 = v128.load(block), in1 = v128.load(block, 16), in2 = v128.load(block, 32), in3 = v128.load(block, 48);
  const in4 = v128.load(block, 64), in5 = v128.load(block, 80), in6 = v128.load(block, 96), in7 = v128.load(block, 112);
  const sum0 = i16x8.add(in0, in7), sum1 = i16x8.add(in1, in6), sum2 = i16x8.add(in2, in5), sum3 = i16x8.add(in3, in4);
  const outer = i16x8.add(sum0, sum3), inner = i16x8.add(sum1, sum2);
  // Pixels count from 128: of their differences nothing has to be taken.
  v128.store(block, i16x8.shl(i16x8.sub(i16x8.add(outer, inner), i16x8.splat(1024)), 2));
  v128.store(block, i16x8.shl(i16x8.sub(outer, inner), 2), 64);
  const z12 = i16x8.sub(sum1, sum2), z13 = i16x8.sub(sum0, sum3), evenA = early(z13, z12), evenB = late(z13, z12);
  storeRounded(block + 32, dot(evenA, Factors.even0), dot(evenB, Factors.even0));
  storeRounded(block + 96, dot(evenA, Factors.even1), dot(evenB, Factors.even1));
  const d4 = i16x8.sub(in3, in4), d5 = i16x8.sub(in2, in5), d6 = i16x8.sub(in1, in6), d7 = i16x8.sub(in0, in7);
  const z3 = i16x8.add(d4, d6), z4 = i16x8.add(d5, d7), z34a = early(z3, z4), z34b = late(z3, z4);
  const x3a = dot(z34a, Factors.odd0), x3b = dot(z34b, Factors.odd0), x4a = dot(z34a, Factors.odd1), x4b = dot(z34b, Factors.odd1);
  const p47a = early(d4, d7), p47b = late(d4, d7), p56a = early(d5, d6), p56b = late(d5, d6);
  storeRounded(block + 112, i32x4.add(dot(p47a, Factors.outer0), x3a), i32x4.add(dot(p47b, Factors.outer0), x3b));
  storeRounded(block + 16, i32x4.add(dot(p47a, Factors.outer1), x4a), i32x4.add(dot(p47b, Factors.outer1), x4b));
  storeRounded(block + 80, i32x4.add(dot(p56a, Factors.inner0), x4a), i32x4.add(dot(p56b, Factors.inner0), x4b));
  storeRounded(block + 48, i32x4.add(dot(p56a, Factors.inner1), x3a), i32x4.add(dot(p56b, Factors.inner1), x3b));
}

// @ts-ignore: decorator
@inline
function storeRounded(target: usize, a: v128, b: v128): void {
  const half = i32x4.splat(1 << 10);
  v128.store(target, i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(a, half), 11), i32x4.shr_s(i32x4.add(b, half), 11)));
}

/** Along the columns, whose first values stand together; quantised. */
// @ts-ignore: decorator
@inline
function passColumns(rows: usize, step: isize, block: usize, scales: usize): void {
  const in0 = v128.load(rows), in1 = v128.load(rows + step), in2 = v128.load(rows + 2 * step), in3 = v128.load(rows + 3 * step);
  const in4 = v128.load(rows + 4 * step), in5 = v128.load(rows + 5 * step), in6 = v128.load(rows + 6 * step), in7 = v128.load(rows + 7 * step);
  const sum0 = i16x8.add(in0, in7), sum1 = i16x8.add(in1, in6), sum2 = i16x8.add(in2, in5), sum3 = i16x8.add(in3, in4);
  const outer = i16x8.add(sum0, sum3), inner = i16x8.add(sum1, sum2), two = i16x8.splat(2);
  const out0 = i16x8.shr_s(i16x8.add(i16x8.add(outer, inner), two), 2), out4 = i16x8.shr_s(i16x8.add(i16x8.sub(outer, inner), two), 2);
  storeQuantised(block, scales, i32x4.extend_low_i16x8_s(out0), i32x4.extend_high_i16x8_s(out0));
  storeQuantised(block + 64, scales + 128, i32x4.extend_low_i16x8_s(out4), i32x4.extend_high_i16x8_s(out4));
  const z12 = i16x8.sub(sum1, sum2), z13 = i16x8.sub(sum0, sum3), evenA = early(z13, z12), evenB = late(z13, z12);
  storeShifted(block + 32, scales + 64, dot(evenA, Factors.even0), dot(evenB, Factors.even0));
  storeShifted(block + 96, scales + 192, dot(evenA, Factors.even1), dot(evenB, Factors.even1));
  const d4 = i16x8.sub(in3, in4), d5 = i16x8.sub(in2, in5), d6 = i16x8.sub(in1, in6), d7 = i16x8.sub(in0, in7);
  const z3 = i16x8.add(d4, d6), z4 = i16x8.add(d5, d7), z34a = early(z3, z4), z34b = late(z3, z4);
  const x3a = dot(z34a, Factors.odd0), x3b = dot(z34b, Factors.odd0), x4a = dot(z34a, Factors.odd1), x4b = dot(z34b, Factors.odd1);
  const p47a = early(d4, d7), p47b = late(d4, d7), p56a = early(d5, d6), p56b = late(d5, d6);
  storeShifted(block + 112, scales + 224, i32x4.add(dot(p47a, Factors.outer0), x3a), i32x4.add(dot(p47b, Factors.outer0), x3b));
  storeShifted(block + 16, scales + 32, i32x4.add(dot(p47a, Factors.outer1), x4a), i32x4.add(dot(p47b, Factors.outer1), x4b));
  storeShifted(block + 80, scales + 160, i32x4.add(dot(p56a, Factors.inner0), x4a), i32x4.add(dot(p56b, Factors.inner0), x4b));
  storeShifted(block + 48, scales + 96, i32x4.add(dot(p56a, Factors.inner1), x3a), i32x4.add(dot(p56b, Factors.inner1), x3b));
}

// @ts-ignore: decorator
@inline
function storeShifted(target: usize, scales: usize, a: v128, b: v128): void {
  const half = i32x4.splat(1 << 14);
  storeQuantised(target, scales, i32x4.shr_s(i32x4.add(a, half), 15), i32x4.shr_s(i32x4.add(b, half), 15));
}

// @ts-ignore: decorator
@inline
function storeQuantised(target: usize, scales: usize, a: v128, b: v128): void {
  const bits = i32x4.splat(roundingBits), magic = f32x4.splat(reinterpret<f32>(roundingBits));
  const first = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(a), v128.load(scales)), magic);
  const second = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(b), v128.load(scales, 16)), magic);
  v128.store(target, i16x8.narrow_i32x4_s(i32x4.sub(first, bits), i32x4.sub(second, bits)));
}

/** Behind the block the pairs of its values; which of these are not 0. */
// @ts-ignore: decorator
@inline
function orderPairs(block: usize): u64 {
  const a = twoRows(block), b = twoRows(block + 32), c = twoRows(block + 64), d = twoRows(block + 96);
  const first = v128.or(
    v128.or(
      i8x16.swizzle(a, v128.load(places)),
      i8x16.swizzle(b, v128.load(places, 16)),
    ),
    i8x16.swizzle(c, v128.load(places, 32)),
  );
  const second = v128.or(
    v128.or(
      i8x16.swizzle(a, v128.load(places, 48)),
      i8x16.swizzle(b, v128.load(places, 64)),
    ),
    v128.or(
      i8x16.swizzle(c, v128.load(places, 80)),
      i8x16.swizzle(d, v128.load(places, 96)),
    ),
  );
  const third = v128.or(
    v128.or(
      i8x16.swizzle(a, v128.load(places, 112)),
      i8x16.swizzle(b, v128.load(places, 128)),
    ),
    v128.or(
      i8x16.swizzle(c, v128.load(places, 144)),
      i8x16.swizzle(d, v128.load(places, 160)),
    ),
  );
  const fourth = v128.or(
    v128.or(
      i8x16.swizzle(b, v128.load(places, 176)),
      i8x16.swizzle(c, v128.load(places, 192)),
    ),
    i8x16.swizzle(d, v128.load(places, 208)),
  );
  const zeros0 = zeros(first), zeros1 = zeros(second), zeros2 = zeros(third), zeros3 = zeros(fourth);
  // Before the first stands the mean, which is coded apart.
  v128.store(block, pairsOf(first, i64x2.splat(0), zeros0), 128);
  v128.store(block, pairsOf(second, zeros0, zeros1), 144);
  v128.store(block, pairsOf(third, zeros1, zeros2), 160);
  v128.store(block, pairsOf(fourth, zeros2, zeros3), 176);
  return ~(maskOf(zeros0) | (maskOf(zeros1) << 16) | (maskOf(zeros2) << 32) | (maskOf(zeros3) << 48));
}

/**
 * 4096 times the zeros before a pair, 4 at most, 64 times its first byte and its second, both cut to -32 to 31 and counted
 * from there. Of the zeros it is known where they are in these bytes and in those before.
 */
// @ts-ignore: decorator
@inline
function pairsOf(bytes: v128, zerosBefore: v128, zeros: v128): v128 {
  const cut = i8x16.add(i8x16.max_s(i8x16.min_s(bytes, v128.load(limits)), v128.load(limits, 16)), v128.load(limits, 32));
  const last = v128.shuffle<i16>(zerosBefore, zeros, 7, 8, 9, 10, 11, 12, 13, 14), lastBut1 = v128.shuffle<i16>(zerosBefore, zeros, 6, 7, 8, 9, 10, 11, 12, 13);
  // Each is -1 where a zero is to be counted: after one pair of zeros another one counts, or half of it.
  const isEmpty = i16x8.eq(last, v128.load(limits, 48));
  const near = i16x8.add(i16x8.shr_s(last, 15), isEmpty);
  const far = v128.and(isEmpty, i16x8.add(i16x8.shr_s(lastBut1, 15), i16x8.eq(lastBut1, v128.load(limits, 48))));
  return i16x8.sub(v128.or(i16x8.shr_u(i16x8.shl(cut, 8), 2), i16x8.shr_u(cut, 8)), i16x8.shl(i16x8.add(near, far), 12));
}

// @ts-ignore: decorator
@inline
function twoRows(block: usize): v128 {
  return i8x16.narrow_i16x8_s(v128.load(block), v128.load(block, 16));
}

// @ts-ignore: decorator
@inline
function zeros(bytes: v128): v128 {
  return i8x16.eq(bytes, i64x2.splat(0));
}

// @ts-ignore: decorator
@inline
function maskOf(bytes: v128): u64 {
  return <u64>i8x16.bitmask(bytes);
}
