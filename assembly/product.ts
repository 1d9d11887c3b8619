/** Products of matrices; see kernels.ts. */

// @ts-nocheck: AssemblyScript has types that TypeScript does not know.

/** Rows of the kernel that are used for all rows of x before the next: they stay in the second-level cache. */
const BLOCK = 512;

/** sums[row, column] += sum over k < length of x[row, k] * kernel[k, column]; `sums` is [rows, columns]. */
export function addProduct(x: usize, rows: i32, length: i32, kernel: usize, columns: i32, sums: usize): void {
  const all = i32x4.splat(-1);
  for (let start = 0; start < length; start += BLOCK) {
    const count = min(BLOCK, length - start);
    const k = kernel + ((<usize>start * columns) << 2);
    for (let row = 0; row < rows; row += 4) {
      const from = x + ((<usize>row * length + start) << 2);
      const to = sums + ((<usize>row * columns) << 2);
      const left = rows - row;
      let column = 0;
      for (; column + 8 <= columns; column += 8) tile(from, length, left, k + ((<usize>column) << 2), columns, count, all, all, to + ((<usize>column) << 2));
      if (column == columns) continue;
      if (columns >= 8) {
        // The last columns again from the end, without those that are summed already.
        const done = 8 - (columns - column);
        const at = (<usize>(columns - 8)) << 2;
        tile(from, length, left, k + at, columns, count, lanesFrom(done), lanesFrom(done - 4), to + at);
      } else {
        single(from, length, min(4, left), k, columns, count, to);
      }
    }
  }
}

/** All bits of the lanes from `first` on, for -4 to 8. */
// @ts-ignore: decorator
@inline
function lanesFrom(first: i32): v128 {
  return i32x4.ge_s(i32x4(0, 1, 2, 3), i32x4.splat(first));
}

/** Four rows (the last one repeated where there are fewer) by eight columns. */
function tile(x: usize, length: i32, left: i32, kernel: usize, columns: i32, count: i32, mask0: v128, mask1: v128, sums: usize): void {
  const rowBytes = (<usize>length) << 2;
  let pa = x, pb = x + rowBytes * min(1, left - 1), pc = x + rowBytes * min(2, left - 1), pd = x + rowBytes * min(3, left - 1);
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  const step = (<usize>columns) << 2;
  for (let k = 0; k < count; k++) {
    const w0 = v128.load(kernel), w1 = v128.load(kernel, 16);
    let v = v128.load32_splat(pa);
    a0 = f32x4.add(a0, f32x4.mul(v, w0));
    a1 = f32x4.add(a1, f32x4.mul(v, w1));
    v = v128.load32_splat(pb);
    b0 = f32x4.add(b0, f32x4.mul(v, w0));
    b1 = f32x4.add(b1, f32x4.mul(v, w1));
    v = v128.load32_splat(pc);
    c0 = f32x4.add(c0, f32x4.mul(v, w0));
    c1 = f32x4.add(c1, f32x4.mul(v, w1));
    v = v128.load32_splat(pd);
    d0 = f32x4.add(d0, f32x4.mul(v, w0));
    d1 = f32x4.add(d1, f32x4.mul(v, w1));
    kernel += step;
    pa += 4;
    pb += 4;
    pc += 4;
    pd += 4;
  }
  add(sums, v128.and(a0, mask0), v128.and(a1, mask1));
  if (left > 1) add(sums + step, v128.and(b0, mask0), v128.and(b1, mask1));
  if (left > 2) add(sums + 2 * step, v128.and(c0, mask0), v128.and(c1, mask1));
  if (left > 3) add(sums + 3 * step, v128.and(d0, mask0), v128.and(d1, mask1));
}

// @ts-ignore: decorator
@inline
function add(sums: usize, low: v128, high: v128): void {
  v128.store(sums, f32x4.add(v128.load(sums), low));
  v128.store(sums, f32x4.add(v128.load(sums, 16), high), 16);
}

/** For kernels of fewer than eight columns. */
function single(x: usize, length: i32, rows: i32, kernel: usize, columns: i32, count: i32, sums: usize): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum: f32 = 0;
      for (let k = 0; k < count; k++) sum += load<f32>(x + ((<usize>row * length + k) << 2)) * load<f32>(kernel + ((<usize>k * columns + column) << 2));
      const to = sums + ((<usize>row * columns + column) << 2);
      store<f32>(to, load<f32>(to) + sum);
    }
  }
}
