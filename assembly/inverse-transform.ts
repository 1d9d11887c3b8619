/**
 * The exact inverse cosine transform of JPEG ("islow") by SIMD, in the arithmetic of libjpeg-turbo's SSE2 code, so that the
 * pixels are its pixels even of files whose coefficients make no sense. A block is 64 i16, already times their quanta.
 */

// @ts-nocheck: AssemblyScript has types that TypeScript does not know.

import { dot, early, Factors, late, turn } from './turn';

/** What `transform` makes of a block that is its mean alone. */
export function fillLevel(level: i32, target: usize, stride: usize): void {
  const value = i8x16.splat(<i8>min(255, max(0, ((<i32><i16>(level << 2) + 16) >> 5) + 128)));
  for (let row = 0; row < 8; row++, target += stride) v128.store64_lane(target, value, 0);
}

/** The inverse transform: over columns, then over rows, then to bytes around 128. */
export function transform(block: usize, target: usize, stride: usize): void {
  if (hasFirstRowAlone(block)) {
    const first = i16x8.shl(v128.load(block), 2);
    for (let row: usize = 0; row < 128; row += 16) v128.store(block + row, first);
  } else {
    pass(block, 1 << 10, 11);
  }
  turn(block, block, 16);
  pass(block, 1 << 17, 18);
  const a = v128.load(block), b = v128.load(block, 16), c = v128.load(block, 32), d = v128.load(block, 48);
  const e = v128.load(block, 64), f = v128.load(block, 80), g = v128.load(block, 96), h = v128.load(block, 112);
  // Two columns as bytes beside each other, their rows in turn; then four, then eight.
  const ae = i8x16.narrow_i16x8_s(a, e), bf = i8x16.narrow_i16x8_s(b, f), cg = i8x16.narrow_i16x8_s(c, g), dh = i8x16.narrow_i16x8_s(d, h);
  const ab = v128.shuffle<i8>(ae, bf, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const ef = v128.shuffle<i8>(ae, bf, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const cd = v128.shuffle<i8>(cg, dh, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const gh = v128.shuffle<i8>(cg, dh, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const upper0 = v128.shuffle<i16>(ab, cd, 0, 8, 1, 9, 2, 10, 3, 11), lower0 = v128.shuffle<i16>(ab, cd, 4, 12, 5, 13, 6, 14, 7, 15);
  const upper1 = v128.shuffle<i16>(ef, gh, 0, 8, 1, 9, 2, 10, 3, 11), lower1 = v128.shuffle<i16>(ef, gh, 4, 12, 5, 13, 6, 14, 7, 15);
  target = storeRows(v128.shuffle<i32>(upper0, upper1, 0, 4, 1, 5), target, stride);
  target = storeRows(v128.shuffle<i32>(upper0, upper1, 2, 6, 3, 7), target, stride);
  target = storeRows(v128.shuffle<i32>(lower0, lower1, 0, 4, 1, 5), target, stride);
  storeRows(v128.shuffle<i32>(lower0, lower1, 2, 6, 3, 7), target, stride);
}

/** Then columns are even, and libjpeg-turbo takes a shorter way, which wraps where the longer one cuts. */
// @ts-ignore: decorator
@inline
function hasFirstRowAlone(block: usize): bool {
  const a = v128.or(v128.load(block, 16), v128.load(block, 32)), b = v128.or(v128.load(block, 48), v128.load(block, 64));
  const c = v128.or(v128.load(block, 80), v128.load(block, 96));
  return !v128.any_true(v128.or(v128.or(a, b), v128.or(c, v128.load(block, 112))));
}

/** Two rows of 8 bytes, around 128. */
// @ts-ignore: decorator
@inline
function storeRows(rows: v128, target: usize, stride: usize): usize {
  const bytes = i8x16.add(rows, i8x16.splat(-128));
  v128.store64_lane(target, bytes, 0);
  v128.store64_lane(target + stride, bytes, 1);
  return target + 2 * stride;
}

/**
 * Loeffler, Ligtenberg and Moschytz' one-dimensional transform of eight columns at once, in 13-bit fixed point; sums of
 * inputs wrap in 16 bits and results are cut to 16, as in libjpeg-turbo.
 */
// @ts-ignore: decorator
@inline
function pass(block: usize, half: i32, shift: i32): void {
  const in0 = v128.load(block), in4 = v128.load(block, 64), in2 = v128.load(block, 32), in6 = v128.load(block, 96);
  const in1 = v128.load(block, 16), in7 = v128.load(block, 112), in3 = v128.load(block, 48), in5 = v128.load(block, 80);
  const sum = i16x8.add(in0, in4), difference = i16x8.sub(in0, in4), z3 = i16x8.add(in7, in3), z4 = i16x8.add(in5, in1);
  // Of each pair the first four columns, then the last four.
  const p26a = early(in2, in6), p26b = late(in2, in6), z34a = early(z3, z4), z34b = late(z3, z4);
  const p71a = early(in7, in1), p71b = late(in7, in1), p53a = early(in5, in3), p53b = late(in5, in3);
  const rounding = i32x4.splat(half);
  const sumA = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(sum), 13), rounding), sumB = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(sum), 13), rounding);
  const differenceA = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(difference), 13), rounding), differenceB = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(difference), 13), rounding);
  const t2a = dot(p26a, Factors.even1), t2b = dot(p26b, Factors.even1), t3a = dot(p26a, Factors.even0), t3b = dot(p26b, Factors.even0);
  const x3a = dot(z34a, Factors.odd0), x3b = dot(z34b, Factors.odd0), x4a = dot(z34a, Factors.odd1), x4b = dot(z34b, Factors.odd1);
  const out3a = i32x4.add(dot(p71a, Factors.outer0), x3a), out3b = i32x4.add(dot(p71b, Factors.outer0), x3b);
  const out0a = i32x4.add(dot(p71a, Factors.outer1), x4a), out0b = i32x4.add(dot(p71b, Factors.outer1), x4b);
  const out2a = i32x4.add(dot(p53a, Factors.inner0), x4a), out2b = i32x4.add(dot(p53b, Factors.inner0), x4b);
  const out1a = i32x4.add(dot(p53a, Factors.inner1), x3a), out1b = i32x4.add(dot(p53b, Factors.inner1), x3b);
  storePair(block, block + 112, i32x4.add(sumA, t3a), i32x4.add(sumB, t3b), out0a, out0b, shift);
  storePair(block + 16, block + 96, i32x4.add(differenceA, t2a), i32x4.add(differenceB, t2b), out1a, out1b, shift);
  storePair(block + 32, block + 80, i32x4.sub(differenceA, t2a), i32x4.sub(differenceB, t2b), out2a, out2b, shift);
  storePair(block + 48, block + 64, i32x4.sub(sumA, t3a), i32x4.sub(sumB, t3b), out3a, out3b, shift);
}

/** The sum and the difference of the even and the odd part, 8 columns each. */
// @ts-ignore: decorator
@inline
function storePair(first: usize, last: usize, evenA: v128, evenB: v128, oddA: v128, oddB: v128, shift: i32): void {
  v128.store(first, i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(evenA, oddA), shift), i32x4.shr_s(i32x4.add(evenB, oddB), shift)));
  v128.store(last, i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.sub(evenA, oddA), shift), i32x4.shr_s(i32x4.sub(evenB, oddB), shift)));
}
