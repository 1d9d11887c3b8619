/** Sums down the columns of a matrix [rows, columns] and what batch normalisation makes of them; see kernels.ts. */

// @ts-nocheck: AssemblyScript has types that TypeScript does not know.

/** Rows summed in float32 before the sum goes to float64: the error of a sum does not grow with the batch. */
const BLOCK = 64;

/** sums[column] (float64) = sum over rows of x. */
export function columnSums(x: usize, rows: i32, columns: i32, sums: usize): void {
  memory.fill(sums, 0, (<usize>columns) << 3);
  const step = (<usize>columns) << 2;
  for (let row = 0; row < rows; row += BLOCK) {
    const count = min(BLOCK, rows - row);
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      let at = x + ((<usize>column) << 2);
      let sum = f32x4.splat(0);
      for (let r = 0; r < count; r++, at += step) sum = f32x4.add(sum, v128.load(at));
      addTo(sums + ((<usize>column) << 3), sum);
    }
    for (; column < columns; column++) {
      let at = x + ((<usize>column) << 2);
      let sum: f32 = 0;
      for (let r = 0; r < count; r++, at += step) sum += load<f32>(at);
      const to = sums + ((<usize>column) << 3);
      store<f64>(to, load<f64>(to) + <f64>sum);
    }
    x += step * <usize>count;
  }
}

/** products[column] (float64) = sum over rows of (x - mean) * (other - otherMean); means are float32 vectors. */
export function columnProducts(x: usize, mean: usize, other: usize, otherMean: usize, rows: i32, columns: i32, products: usize): void {
  memory.fill(products, 0, (<usize>columns) << 3);
  const step = (<usize>columns) << 2;
  for (let row = 0; row < rows; row += BLOCK) {
    const count = min(BLOCK, rows - row);
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      const offset = (<usize>column) << 2;
      const m = v128.load(mean + offset), n = v128.load(otherMean + offset);
      let at = offset;
      let sum = f32x4.splat(0);
      for (let r = 0; r < count; r++, at += step) sum = f32x4.add(sum, f32x4.mul(f32x4.sub(v128.load(x + at), m), f32x4.sub(v128.load(other + at), n)));
      addTo(products + ((<usize>column) << 3), sum);
    }
    for (; column < columns; column++) {
      const offset = (<usize>column) << 2;
      const m = load<f32>(mean + offset), n = load<f32>(otherMean + offset);
      let at = offset;
      let sum: f32 = 0;
      for (let r = 0; r < count; r++, at += step) sum += (load<f32>(x + at) - m) * (load<f32>(other + at) - n);
      const to = products + ((<usize>column) << 3);
      store<f64>(to, load<f64>(to) + <f64>sum);
    }
    x += step * <usize>count;
    other += step * <usize>count;
  }
}

// @ts-ignore: decorator
@inline
function addTo(sums: usize, values: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(values)));
  const high = i32x4.shuffle(values, values, 2, 3, 2, 3);
  v128.store(sums + 16, f64x2.add(v128.load(sums + 16), f64x2.promote_low_f32x4(high)));
}

/** y = (x - a) * b + c, each a vector over the columns. */
export function scaleColumns(x: usize, a: usize, b: usize, c: usize, y: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      const offset = (<usize>column) << 2;
      v128.store(y + offset, f32x4.add(f32x4.mul(f32x4.sub(v128.load(x + offset), v128.load(a + offset)), v128.load(b + offset)), v128.load(c + offset)));
    }
    for (; column < columns; column++) {
      const offset = (<usize>column) << 2;
      store<f32>(y + offset, (load<f32>(x + offset) - load<f32>(a + offset)) * load<f32>(b + offset) + load<f32>(c + offset));
    }
    x += (<usize>columns) << 2;
    y += (<usize>columns) << 2;
  }
}

/** dx = (dy - a - (x - mean) * b) * c: the input gradient of batch normalisation, with vectors over the columns. */
export function normalisationGradient(dy: usize, x: usize, mean: usize, a: usize, b: usize, c: usize, dx: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      const offset = (<usize>column) << 2;
      const centred = f32x4.sub(v128.load(x + offset), v128.load(mean + offset));
      const inner = f32x4.sub(f32x4.sub(v128.load(dy + offset), v128.load(a + offset)), f32x4.mul(centred, v128.load(b + offset)));
      v128.store(dx + offset, f32x4.mul(inner, v128.load(c + offset)));
    }
    for (; column < columns; column++) {
      const offset = (<usize>column) << 2;
      const centred = load<f32>(x + offset) - load<f32>(mean + offset);
      store<f32>(dx + offset, (load<f32>(dy + offset) - load<f32>(a + offset) - centred * load<f32>(b + offset)) * load<f32>(c + offset));
    }
    x += (<usize>columns) << 2;
    dy += (<usize>columns) << 2;
    dx += (<usize>columns) << 2;
  }
}

/** The sum of all values. */
export function sum(x: usize, count: i32): f64 {
  let total: f64 = 0;
  while (count >= 256) {
    let a = f32x4.splat(0), b = a;
    for (let k = 0; k < 32; k++, x += 32) {
      a = f32x4.add(a, v128.load(x));
      b = f32x4.add(b, v128.load(x, 16));
    }
    const four = f32x4.add(a, b);
    total += <f64>f32x4.extract_lane(four, 0) + <f64>f32x4.extract_lane(four, 1) + <f64>f32x4.extract_lane(four, 2) + <f64>f32x4.extract_lane(four, 3);
    count -= 256;
  }
  for (; count > 0; count--, x += 4) total += <f64>load<f32>(x);
  return total;
}
