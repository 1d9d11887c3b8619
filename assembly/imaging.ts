/**
 * SIMD kernels for films: AssemblyScript, built by `npm run generate` into src/imaging/kernels.ts. All pointers are byte
 * offsets. Kernels work on whole vectors, so they read and write up to 15 bytes past the end of each array; what stands
 * there has no effect. Each float32 operation is in OpenCV's order, so results are OpenCV's bit for bit.
 */

// @ts-nocheck: AssemblyScript has types that TypeScript does not know.

/** Where memory begins that is the caller's. */
export function freeFrom(): usize {
  return __heap_base;
}

export { encodeBlocks } from './encode-jpeg';
export { transformRows } from './forward-transform';
export { unstuff, fillTable, decodeBlocks } from './jpeg';

/**
 * The curve (256 bytes) that equalises a tile of bytes. Of each grey value at most `limit` pixels count; the others are
 * spread over all values, the rest of them over values at even steps. `counts` is scratch for 1024 i32.
 */
export function fillCurve(tile: usize, stride: i32, width: i32, height: i32, limit: i32, scale: f32, counts: usize, curve: usize): void {
  memory.fill(counts, 0, 4096);
  for (; height > 0; height--, tile += stride) {
    // Four tables in turn: equal neighbours do not wait for each other.
    let x = 0;
    for (; x + 3 < width; x += 4) {
      const word = load<u32>(tile + x);
      count(counts, word & 255);
      count(counts + 1024, (word >> 8) & 255);
      count(counts + 2048, (word >> 16) & 255);
      count(counts + 3072, word >> 24);
    }
    for (; x < width; x++) count(counts, load<u8>(tile + x));
  }
  const excess = cutCounts(counts, limit);
  const each = excess / 256, rest = excess % 256, step = max(1, 256 / max(1, rest));
  for (let given = 0; given < rest; given++) count(counts, given * step);
  let sum = 0;
  for (let value: usize = 0; value < 1024; value += 4) {
    sum += load<i32>(counts + value) + each;
    store<i32>(counts + value, sum);
  }
  for (let value: usize = 0; value < 256; value += 4) {
    const scaled = f32x4.mul(f32x4.convert_i32x4_s(v128.load(counts + value * 4)), f32x4.splat(scale));
    storeBytes(curve + value, i32x4.trunc_sat_f32x4_s(f32x4.nearest(scaled)));
  }
}

/** Adds the four tables into the first, no count of it above the limit; the sum of what is above. */
// @ts-ignore: decorator
@inline
function cutCounts(counts: usize, limit: i32): i32 {
  const most = i32x4.splat(limit);
  let above = i64x2.splat(0);
  for (let value: usize = 0; value < 1024; value += 16) {
    const at = counts + value;
    const pixels = i32x4.add(i32x4.add(v128.load(at), v128.load(at, 1024)), i32x4.add(v128.load(at, 2048), v128.load(at, 3072)));
    const cut = i32x4.min_s(pixels, most);
    above = i32x4.add(above, i32x4.sub(pixels, cut));
    v128.store(at, cut);
  }
  return i32x4.extract_lane(above, 0) + i32x4.extract_lane(above, 1) + i32x4.extract_lane(above, 2) + i32x4.extract_lane(above, 3);
}

// @ts-ignore: decorator
@inline
function count(counts: usize, value: usize): void {
  store<i32>(counts + value * 4, load<i32>(counts + value * 4) + 1);
}

/** Four curves as one of 256 words: the bytes of a word are from the upper left, upper right, lower left, lower right one. */
export function joinCurves(upperLeft: usize, upperRight: usize, lowerLeft: usize, lowerRight: usize, joined: usize): void {
  for (let value: usize = 0; value < 256; value += 16, joined += 64) {
    const left0 = v128.load(upperLeft + value), right0 = v128.load(upperRight + value);
    const left1 = v128.load(lowerLeft + value), right1 = v128.load(lowerRight + value);
    const early0 = v128.shuffle<i8>(left0, right0, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const late0 = v128.shuffle<i8>(left0, right0, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const early1 = v128.shuffle<i8>(left1, right1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const late1 = v128.shuffle<i8>(left1, right1, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    v128.store(joined, v128.shuffle<i16>(early0, early1, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(joined, v128.shuffle<i16>(early0, early1, 4, 12, 5, 13, 6, 14, 7, 15), 16);
    v128.store(joined, v128.shuffle<i16>(late0, late1, 0, 8, 1, 9, 2, 10, 3, 11), 32);
    v128.store(joined, v128.shuffle<i16>(late0, late1, 4, 12, 5, 13, 6, 14, 7, 15), 48);
  }
}

/**
 * A row of pixels through joined curves. For pixel x these are at joined[x] (an address), its shares of the left and the
 * right ones at left[x] and right[x]; `above` and `below` are the row's shares of the upper and the lower ones.
 */
export function blendRow(pixels: usize, joined: usize, left: usize, right: usize, above: f32, below: f32, target: usize, length: i32): void {
  const upper = f32x4.splat(above), lower = f32x4.splat(below);
  for (; length > 0; length -= 4, pixels += 4, joined += 16, left += 16, right += 16, target += 4) {
    const words = v128.load32_lane(
      curveAt(pixels, joined, 3),
      v128.load32_lane(
        curveAt(pixels, joined, 2),
        v128.load32_lane(curveAt(pixels, joined, 1), v128.load32_zero(curveAt(pixels, joined, 0)), 1),
        2,
      ),
      3,
    );
    const lefts = v128.load(left), rights = v128.load(right);
    const top = f32x4.add(f32x4.mul(byteOf(words, 0), lefts), f32x4.mul(byteOf(words, 8), rights));
    const bottom = f32x4.add(f32x4.mul(byteOf(words, 16), lefts), f32x4.mul(byteOf(words, 24), rights));
    storeBytes(target, rounded(f32x4.add(f32x4.mul(top, upper), f32x4.mul(bottom, lower))));
  }
}

// @ts-ignore: decorator
@inline
function curveAt(pixels: usize, joined: usize, index: usize): usize {
  return load<u32>(joined + index * 4) + <usize>load<u8>(pixels + index) * 4;
}

/** Copies rows of `width` bytes out of rows of `stride`, in order: what is written past a row is written over by the next. */
export function copyRows(source: usize, stride: usize, target: usize, width: usize, rows: i32): void {
  for (; rows > 0; rows--, source += stride, target += width) {
    for (let at: usize = 0; at < width; at += 16) v128.store(target + at, v128.load(source + at));
  }
}

/**
 * Rows of `width` bytes, each the sum of the count[i] source rows from row[i] on, times their shares from part[i * most] on; along
 * a row as `sumCells` has it. `values` and `sums` are scratch for a row of float32, `sums` zeros.
 */
export function resizeArea(source: usize, sourceWidth: i32, start: usize, share: usize, words: i32, row: usize, count: usize, part: usize, most: i32, values: usize, sums: usize, target: usize, width: i32, height: i32): void {
  let filled = -1;
  for (; height > 0; height--, row += 4, count += 4, part += most * 4, target += width) {
    const first = load<i32>(row), rows = load<i32>(count);
    for (let at = 0; at < rows; at++) {
      // A source row between two target rows is part of both.
      if (first + at !== filled) {
        filled = first + at;
        sumCells(source + filled * sourceWidth, start, share, words, values, width);
      }
      addShare(values, load<f32>(part + at * 4), sums, width);
    }
    takeSums(sums, target, width);
  }
}

/**
 * Weighted sums of neighbouring bytes of a row: target[i] = the sum over k < 4 * words of line[start[i] + k] * share. Four
 * targets stand together: their shares for k = 0, then for k = 1, and so on.
 */
function sumCells(line: usize, start: usize, share: usize, words: i32, target: usize, length: i32): void {
  for (; length > 0; length -= 4, start += 16, target += 16) {
    let sum = f32x4.splat(0);
    for (let word = 0; word < words; word++, share += 64) {
      const from = line + word * 4;
      const bytes = v128.load32_lane(
        from + load<u32>(start, 12),
        v128.load32_lane(
          from + load<u32>(start, 8),
          v128.load32_lane(from + load<u32>(start, 4), v128.load32_zero(from + load<u32>(start)), 1),
          2,
        ),
        3,
      );
      sum = f32x4.add(sum, f32x4.mul(byteOf(bytes, 0), v128.load(share)));
      sum = f32x4.add(sum, f32x4.mul(byteOf(bytes, 8), v128.load(share, 16)));
      sum = f32x4.add(sum, f32x4.mul(byteOf(bytes, 16), v128.load(share, 32)));
      sum = f32x4.add(sum, f32x4.mul(byteOf(bytes, 24), v128.load(share, 48)));
    }
    v128.store(target, sum);
  }
}

/** sums += share * values, in float32. */
function addShare(values: usize, share: f32, sums: usize, length: i32): void {
  const shares = f32x4.splat(share);
  for (; length > 0; length -= 4, values += 16, sums += 16) {
    v128.store(sums, f32x4.add(v128.load(sums), f32x4.mul(shares, v128.load(values))));
  }
}

/** Float32 to bytes, halves to even; the sums are 0 afterwards. */
function takeSums(sums: usize, target: usize, length: i32): void {
  for (; length > 0; length -= 4, sums += 16, target += 4) {
    storeBytes(target, rounded(v128.load(sums)));
    v128.store(sums, f32x4.splat(0));
  }
}

/**
 * Rows of `width` bytes, each of two neighbouring rows and two neighbouring pixels of these. For row i these are at row[i] and after
 * it, `part[i]` / 2048 of the lower one; for pixel i they are at first[i] and after it, weight as `weighPairs` has it.
 * `upper` and `lower` are scratch for a row of i32.
 */
export function resizePairs(source: usize, sourceWidth: i32, sourceHeight: i32, first: usize, weight: usize, row: usize, part: usize, upper: usize, lower: usize, target: usize, width: i32, height: i32): void {
  let above = -1, below = -1;
  for (; height > 0; height--, row += 4, part += 4, target += width) {
    const next = load<i32>(row), after = min(next + 1, sourceHeight - 1);
    // The lower row of one target row is mostly the upper one of the next.
    if (next === below) {
      const at = upper;
      upper = lower;
      lower = at;
      below = above;
      above = next;
    }
    if (next !== above) weighPairs(source + next * sourceWidth, first, weight, upper, width);
    if (after !== below) weighPairs(source + after * sourceWidth, first, weight, lower, width);
    above = next;
    below = after;
    blendPairs(upper, lower, load<i32>(part), target, width);
  }
}

/** target[i] = line[first[i]] * weight[2i] + line[first[i] + 1] * weight[2i + 1], weights i16, the result i32. */
function weighPairs(line: usize, first: usize, weight: usize, target: usize, length: i32): void {
  for (; length > 0; length -= 4, first += 16, weight += 16, target += 16) {
    let bytes = i32x4.splat(0);
    bytes = v128.load16_lane(line + load<u32>(first), bytes, 0);
    bytes = v128.load16_lane(line + load<u32>(first, 4), bytes, 1);
    bytes = v128.load16_lane(line + load<u32>(first, 8), bytes, 2);
    bytes = v128.load16_lane(line + load<u32>(first, 12), bytes, 3);
    v128.store(target, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(bytes), v128.load(weight)));
  }
}

/** Two weighed rows to bytes, `weight` / 2048 of the lower one. OpenCV's shifts: 4 bits off the row, 16 off each product, 2 with rounding. */
function blendPairs(upper: usize, lower: usize, weight: i32, target: usize, length: i32): void {
  const above = i32x4.splat(2048 - weight), below = i32x4.splat(weight), half = i32x4.splat(2);
  for (; length > 0; length -= 4, upper += 16, lower += 16, target += 4) {
    const first = i32x4.shr_s(i32x4.mul(above, i32x4.shr_s(v128.load(upper), 4)), 16);
    const second = i32x4.shr_s(i32x4.mul(below, i32x4.shr_s(v128.load(lower), 4)), 16);
    storeBytes(target, i32x4.shr_s(i32x4.add(i32x4.add(first, second), half), 2));
  }
}

/**
 * Rows from the last to the first where `isUpsideDown`, each from right to left where `isMirrored`, into rows of `stride` bytes;
 * nothing is written past a row.
 */
export function turnOver(source: usize, target: usize, width: usize, height: usize, stride: usize, isUpsideDown: bool, isMirrored: bool): void {
  for (let row: usize = 0; row < height; row++, source += width) {
    const to = target + (isUpsideDown ? height - 1 - row : row) * stride;
    if (isMirrored) mirror(source, to, width);
    else memory.copy(to, source, width);
  }
}

/** Repeats the last pixel of each row, then the last row, up to `stride` by `rows` bytes. */
export function fillEdges(target: usize, width: usize, height: usize, stride: usize, rows: usize): void {
  for (let row: usize = 0; row < height; row++) {
    const end = target + row * stride + width;
    for (let at = width; at < stride; at++) store<u8>(end + at - width, load<u8>(end - 1));
  }
  for (let row = height; row < rows; row++) memory.copy(target + row * stride, target + (height - 1) * stride, stride);
}

// @ts-ignore: decorator
@inline
function mirror(source: usize, target: usize, length: usize): void {
  let at: usize = 0;
  for (; at + 16 <= length; at += 16) {
    const bytes = v128.load(source + at);
    v128.store(target + length - 16 - at, v128.shuffle<i8>(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
  }
  for (; at < length; at++) store<u8>(target + length - 1 - at, load<u8>(source + at));
}

/** In memory, since code builds a constant anew at each use: four times 255, and 1.5 * 2^23 four times. */
const constants: usize = memory.data<u32>([255, 255, 255, 255, 0x4b400000, 0x4b400000, 0x4b400000, 0x4b400000], 16);

/** The byte at bit `shift` of each word, as float32. */
// @ts-ignore: decorator
@inline
function byteOf(words: v128, shift: i32): v128 {
  const shifted = i32x4.shr_u(words, shift);
  return f32x4.convert_i32x4_s(shift === 24 ? shifted : v128.and(shifted, v128.load(constants)));
}

/** To the nearest whole number, halves to the even one, of values below 2^22: what is added leaves no room for a fraction. */
// @ts-ignore: decorator
@inline
function rounded(values: v128): v128 {
  const large = v128.load(constants, 16);
  return i32x4.sub(f32x4.add(values, large), large);
}

/** Four i32 as bytes, cut to 0 to 255. */
// @ts-ignore: decorator
@inline
function storeBytes(target: usize, values: v128): void {
  const shorts = i16x8.narrow_i32x4_s(values, values);
  v128.store32_lane(target, i8x16.narrow_i16x8_u(shorts, shorts), 0);
}
