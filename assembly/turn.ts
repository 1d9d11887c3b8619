/** What both cosine transforms of JPEG share: their factors, and the turn of 8 rows of 8 i16. */

// @ts-nocheck: AssemblyScript has types that TypeScript does not know.

/** Pairs of factors in 13-bit fixed point, as libjpeg-turbo joins them: in memory, since code builds a constant anew at each use. */
const factors: usize = memory.data<i16>([
  10703, 4433, 10703, 4433, 10703, 4433, 10703, 4433, 4433, -10704, 4433, -10704, 4433, -10704, 4433, -10704,
  -6436, 9633, -6436, 9633, -6436, 9633, -6436, 9633, 9633, 6437, 9633, 6437, 9633, 6437, 9633, 6437,
  -4927, -7373, -4927, -7373, -4927, -7373, -4927, -7373, -7373, 4926, -7373, 4926, -7373, 4926, -7373, 4926,
  -4176, -20995, -4176, -20995, -4176, -20995, -4176, -20995, -20995, 4177, -20995, 4177, -20995, 4177, -20995, 4177,
], 16);

/** Which pair of factors. */
export const enum Factors { even0 = 0, even1 = 16, odd0 = 32, odd1 = 48, outer0 = 64, outer1 = 80, inner0 = 96, inner1 = 112 }

/** Pairs of i16 times two factors, added. */
// @ts-ignore: decorator
@inline
export function dot(pairs: v128, which: Factors): v128 {
  return i32x4.dot_i16x8_s(pairs, v128.load(factors + <usize>which));
}

/** Rows become columns, `step` bytes from one to the next. */
// @ts-ignore: decorator
@inline
export function turn(block: usize, target: usize, step: usize): void {
  const a = v128.load(block), b = v128.load(block, 16), c = v128.load(block, 32), d = v128.load(block, 48);
  const e = v128.load(block, 64), f = v128.load(block, 80), g = v128.load(block, 96), h = v128.load(block, 112);
  const ab0 = early(a, b), ab1 = late(a, b), cd0 = early(c, d), cd1 = late(c, d);
  const ef0 = early(e, f), ef1 = late(e, f), gh0 = early(g, h), gh1 = late(g, h);
  turnHalf(target, step, ab0, cd0, ef0, gh0);
  turnHalf(target + 4 * step, step, ab1, cd1, ef1, gh1);
}

// @ts-ignore: decorator
@inline
function turnHalf(target: usize, step: usize, ab: v128, cd: v128, ef: v128, gh: v128): void {
  const abcd0 = v128.shuffle<i32>(ab, cd, 0, 4, 1, 5), abcd1 = v128.shuffle<i32>(ab, cd, 2, 6, 3, 7);
  const efgh0 = v128.shuffle<i32>(ef, gh, 0, 4, 1, 5), efgh1 = v128.shuffle<i32>(ef, gh, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<i64>(abcd0, efgh0, 0, 2));
  v128.store(target + step, v128.shuffle<i64>(abcd0, efgh0, 1, 3));
  v128.store(target + 2 * step, v128.shuffle<i64>(abcd1, efgh1, 0, 2));
  v128.store(target + 3 * step, v128.shuffle<i64>(abcd1, efgh1, 1, 3));
}

/** The first four values of each, in turn. */
// @ts-ignore: decorator
@inline
export function early(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** The last four. */
// @ts-ignore: decorator
@inline
export function late(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
