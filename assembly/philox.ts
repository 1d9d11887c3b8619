/** Dropout masks from Philox4x32-10, four blocks at once; src/engines/philox.ts says what it is. See kernels.ts. */

// @ts-nocheck: AssemblyScript has types that TypeScript does not know.

/**
 * mask = `kept` where the random number in [0, 1) is at least `rate`, else 0. The target has room for whole groups of
 * 16 values. `key` is the seed; the counter's words are those of `counter`, then `stream`, then 0.
 */
export function dropoutMask(target: usize, count: i32, key: u64, counter: u64, stream: u32, rate: f32, kept: f32): void {
  const rates = f32x4.splat(rate), values = f32x4.splat(kept);
  for (let block: u64 = 0; <u64>count > block * 4; block += 4) {
    const first = counter + block;
    let c0 = i32x4.splat(0), c1 = c0;
    c0 = i32x4.replace_lane(c0, 0, <i32>first);
    c1 = i32x4.replace_lane(c1, 0, <i32>(first >> 32));
    c0 = i32x4.replace_lane(c0, 1, <i32>(first + 1));
    c1 = i32x4.replace_lane(c1, 1, <i32>((first + 1) >> 32));
    c0 = i32x4.replace_lane(c0, 2, <i32>(first + 2));
    c1 = i32x4.replace_lane(c1, 2, <i32>((first + 2) >> 32));
    c0 = i32x4.replace_lane(c0, 3, <i32>(first + 3));
    c1 = i32x4.replace_lane(c1, 3, <i32>((first + 3) >> 32));
    let c2 = i32x4.splat(stream), c3 = i32x4.splat(0);
    let k0 = i32x4.splat(<i32>key), k1 = i32x4.splat(<i32>(key >> 32));
    for (let round = 0; round < 10; round++) {
      const m0 = i32x4.splat(0xd2511f53), m1 = i32x4.splat(0xcd9e8d57);
      const a = i64x2.extmul_low_i32x4_u(c0, m0), b = i64x2.extmul_high_i32x4_u(c0, m0);
      const c = i64x2.extmul_low_i32x4_u(c2, m1), d = i64x2.extmul_high_i32x4_u(c2, m1);
      c0 = v128.xor(v128.xor(i32x4.shuffle(c, d, 1, 3, 5, 7), c1), k0);
      c1 = i32x4.shuffle(c, d, 0, 2, 4, 6);
      c2 = v128.xor(v128.xor(i32x4.shuffle(a, b, 1, 3, 5, 7), c3), k1);
      c3 = i32x4.shuffle(a, b, 0, 2, 4, 6);
      k0 = i32x4.add(k0, i32x4.splat(0x9e3779b9));
      k1 = i32x4.add(k1, i32x4.splat(0xbb67ae85));
    }
    c0 = masked(c0, rates, values);
    c1 = masked(c1, rates, values);
    c2 = masked(c2, rates, values);
    c3 = masked(c3, rates, values);
    // From one word of four blocks to four words of one block.
    const low01 = i32x4.shuffle(c0, c1, 0, 4, 1, 5), high01 = i32x4.shuffle(c0, c1, 2, 6, 3, 7);
    const low23 = i32x4.shuffle(c2, c3, 0, 4, 1, 5), high23 = i32x4.shuffle(c2, c3, 2, 6, 3, 7);
    v128.store(target, i64x2.shuffle(low01, low23, 0, 2));
    v128.store(target, i64x2.shuffle(low01, low23, 1, 3), 16);
    v128.store(target, i64x2.shuffle(high01, high23, 0, 2), 32);
    v128.store(target, i64x2.shuffle(high01, high23, 1, 3), 48);
    target += 64;
  }
}

/** TensorFlow's float of a word is its lower 23 bits as a mantissa. */
// @ts-ignore: decorator
@inline
function masked(words: v128, rates: v128, values: v128): v128 {
  const numbers = f32x4.mul(f32x4.convert_i32x4_s(v128.and(words, i32x4.splat(0x7fffff))), f32x4.splat(1.1920928955078125e-7));
  return v128.and(values, f32x4.ge(numbers, rates));
}
