/** Convolutions and products of matrices; see kernels.ts. */

// @ts-nocheck: AssemblyScript has types that TypeScript does not know.

/** Zeroes the target [paddedHeight, paddedWidth, paddedChannels] and copies the image [height, width, channels] to (top, left). */
export function pad(
  source: usize, height: i32, width: i32, channels: i32,
  target: usize, paddedHeight: i32, paddedWidth: i32, paddedChannels: i32,
  top: i32, left: i32,
): void {
  memory.fill(target, 0, (<usize>(paddedHeight * paddedWidth * paddedChannels)) << 2);
  const rowBytes = (<usize>(width * channels)) << 2;
  for (let row = 0; row < height; row++) {
    const to = target + ((<usize>(((row + top) * paddedWidth + left) * paddedChannels)) << 2);
    const from = source + <usize>row * rowBytes;
    if (channels == paddedChannels) memory.copy(to, from, rowBytes);
    else copyRows(from, channels, to, paddedChannels, width, channels);
  }
}

/** Copies `rows` runs of `length` values. */
export function copyRows(source: usize, sourceStep: i32, target: usize, targetStep: i32, rows: i32, length: i32): void {
  for (let row = 0; row < rows; row++) {
    memory.copy(target + ((<usize>(row * targetStep)) << 2), source + ((<usize>(row * sourceStep)) << 2), (<usize>length) << 2);
  }
}

/** Lays a kernel out as `correlate` reads it: [ceil(channels / 8)][taps][columns][inner][8], zeros where channels end. */
export function pack(
  source: usize, taps: i32, tapStep: i32, columns: i32, columnStep: i32, inner: i32, innerStep: i32,
  channels: i32, channelStep: i32, target: usize,
): void {
  for (let panel = 0; panel < channels; panel += 8) {
    const count = min(8, channels - panel);
    for (let tap = 0; tap < taps; tap++) {
      for (let column = 0; column < columns; column++) {
        for (let index = 0; index < inner; index++) {
          let from = source + ((<usize>(tap * tapStep + column * columnStep + index * innerStep + panel * channelStep)) << 2);
          for (let channel = 0; channel < 8; channel++) {
            store<f32>(target, channel < count ? load<f32>(from) : 0);
            from += (<usize>channelStep) << 2;
            target += 4;
          }
        }
      }
    }
  }
}

/**
 * output[row, column, channel] = sum over tap and k < run of
 *   input[row * rowStep + column * pixelStep + tap * tapStep + k] * kernel[channel, tap, k].
 * A forward convolution, and each phase of an input gradient. Reads up to 3 pixels past the last column.
 */
export function correlate(
  input: usize, rowStep: i32, pixelStep: i32, tapStep: i32, taps: i32, run: i32, kernel: usize,
  output: usize, outputRowStep: i32, outputPixelStep: i32, rows: i32, columns: i32, channels: i32,
): void {
  const panelBytes = (<usize>(taps * run * 8)) << 2;
  for (let row = 0; row < rows; row++) {
    const from = input + ((<usize>(row * rowStep)) << 2);
    const to = output + ((<usize>(row * outputRowStep)) << 2);
    let weights = kernel;
    for (let channel = 0; channel < channels; channel += 8) {
      const count = min(8, channels - channel);
      for (let column = 0; column < columns; column += 4) {
        const tile = from + ((<usize>(column * pixelStep)) << 2);
        const target = to + ((<usize>(column * outputPixelStep + channel)) << 2);
        const pixels = min(4, columns - column);
        if (count > 4) tile8(tile, pixelStep, tapStep, taps, run, weights, target, outputPixelStep, pixels, count);
        else tile4(tile, pixelStep, tapStep, taps, run, weights, target, outputPixelStep, pixels, count);
      }
      weights += panelBytes;
    }
  }
}

// @ts-ignore: decorator
@inline
function tile8(
  input: usize, pixelStep: i32, tapStep: i32, taps: i32, run: i32, weights: usize,
  output: usize, outputPixelStep: i32, pixels: i32, count: i32,
): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  const step = (<usize>pixelStep) << 2;
  for (let tap = 0; tap < taps; tap++) {
    let p = input + ((<usize>(tap * tapStep)) << 2);
    const end = p + ((<usize>run) << 2);
    while (p < end) {
      const w0 = v128.load(weights), w1 = v128.load(weights, 16);
      let x = v128.load32_splat(p);
      a0 = f32x4.add(a0, f32x4.mul(x, w0));
      a1 = f32x4.add(a1, f32x4.mul(x, w1));
      x = v128.load32_splat(p + step);
      b0 = f32x4.add(b0, f32x4.mul(x, w0));
      b1 = f32x4.add(b1, f32x4.mul(x, w1));
      x = v128.load32_splat(p + 2 * step);
      c0 = f32x4.add(c0, f32x4.mul(x, w0));
      c1 = f32x4.add(c1, f32x4.mul(x, w1));
      x = v128.load32_splat(p + 3 * step);
      d0 = f32x4.add(d0, f32x4.mul(x, w0));
      d1 = f32x4.add(d1, f32x4.mul(x, w1));
      p += 4;
      weights += 32;
    }
  }
  const next = (<usize>outputPixelStep) << 2;
  store8(output, a0, a1, count);
  if (pixels > 1) store8(output + next, b0, b1, count);
  if (pixels > 2) store8(output + 2 * next, c0, c1, count);
  if (pixels > 3) store8(output + 3 * next, d0, d1, count);
}

// @ts-ignore: decorator
@inline
function tile4(
  input: usize, pixelStep: i32, tapStep: i32, taps: i32, run: i32, weights: usize,
  output: usize, outputPixelStep: i32, pixels: i32, count: i32,
): void {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  const step = (<usize>pixelStep) << 2;
  for (let tap = 0; tap < taps; tap++) {
    let p = input + ((<usize>(tap * tapStep)) << 2);
    const end = p + ((<usize>run) << 2);
    while (p < end) {
      const w = v128.load(weights);
      a = f32x4.add(a, f32x4.mul(v128.load32_splat(p), w));
      b = f32x4.add(b, f32x4.mul(v128.load32_splat(p + step), w));
      c = f32x4.add(c, f32x4.mul(v128.load32_splat(p + 2 * step), w));
      d = f32x4.add(d, f32x4.mul(v128.load32_splat(p + 3 * step), w));
      p += 4;
      weights += 32;
    }
  }
  const next = (<usize>outputPixelStep) << 2;
  store4(output, a, count);
  if (pixels > 1) store4(output + next, b, count);
  if (pixels > 2) store4(output + 2 * next, c, count);
  if (pixels > 3) store4(output + 3 * next, d, count);
}

// @ts-ignore: decorator
@inline
function store8(output: usize, low: v128, high: v128, count: i32): void {
  v128.store(output, low);
  store4(output + 16, high, count - 4);
}

// @ts-ignore: decorator
@inline
function store4(output: usize, values: v128, count: i32): void {
  if (count == 4) {
    v128.store(output, values);
    return;
  }
  v128.store_lane<f32>(output, values, 0);
  if (count > 1) v128.store_lane<f32>(output, values, 1, 4);
  if (count > 2) v128.store_lane<f32>(output, values, 2, 8);
}

/** Pixels summed before the sums go back to memory: both operands of a block stay in the first-level cache. */
const BLOCK = 64;

/**
 * sums[k, channel] += sum over rows and columns of input[row * rowStep + column * pixelStep + k] * gradient[row, column, channel],
 * for k < run. `channels` is a multiple of 4; sums has ceil(run / 4) * 4 rows; up to 3 values past a run are read.
 */
export function accumulateProducts(
  input: usize, rowStep: i32, pixelStep: i32, run: i32, gradient: usize, channels: i32, rows: i32, columns: i32, sums: usize,
): void {
  const rowsAtOnce = max(1, BLOCK / columns);
  for (let row = 0; row < rows; row += rowsAtOnce) {
    const blockRows = min(rowsAtOnce, rows - row);
    for (let column = 0; column < columns; column += BLOCK) {
      const blockColumns = min(BLOCK, columns - column);
      const x = input + ((<usize>(row * rowStep + column * pixelStep)) << 2);
      const dy = gradient + ((<usize>((row * columns + column) * channels)) << 2);
      for (let k = 0; k < run; k += 4) {
        const from = x + ((<usize>k) << 2);
        const to = sums + ((<usize>(k * channels)) << 2);
        let channel = 0;
        for (; channel + 8 <= channels; channel += 8) {
          const offset = (<usize>channel) << 2;
          products8(from, rowStep, pixelStep, dy + offset, channels, columns * channels, blockRows, blockColumns, to + offset);
        }
        if (channel < channels) {
          const offset = (<usize>channel) << 2;
          products4(from, rowStep, pixelStep, dy + offset, channels, columns * channels, blockRows, blockColumns, to + offset);
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function products8(
  input: usize, rowStep: i32, pixelStep: i32, gradient: usize, channels: i32, gradientRowStep: i32,
  rows: i32, columns: i32, sums: usize,
): void {
  const next = (<usize>channels) << 2;
  const step = (<usize>pixelStep) << 2;
  let a0 = v128.load(sums), a1 = v128.load(sums, 16);
  let b0 = v128.load(sums + next), b1 = v128.load(sums + next, 16);
  let c0 = v128.load(sums + 2 * next), c1 = v128.load(sums + 2 * next, 16);
  let d0 = v128.load(sums + 3 * next), d1 = v128.load(sums + 3 * next, 16);
  for (let row = 0; row < rows; row++) {
    let x = input + ((<usize>(row * rowStep)) << 2);
    let dy = gradient + ((<usize>(row * gradientRowStep)) << 2);
    for (let column = 0; column < columns; column++) {
      const g0 = v128.load(dy), g1 = v128.load(dy, 16);
      let v = v128.load32_splat(x);
      a0 = f32x4.add(a0, f32x4.mul(v, g0));
      a1 = f32x4.add(a1, f32x4.mul(v, g1));
      v = v128.load32_splat(x, 4);
      b0 = f32x4.add(b0, f32x4.mul(v, g0));
      b1 = f32x4.add(b1, f32x4.mul(v, g1));
      v = v128.load32_splat(x, 8);
      c0 = f32x4.add(c0, f32x4.mul(v, g0));
      c1 = f32x4.add(c1, f32x4.mul(v, g1));
      v = v128.load32_splat(x, 12);
      d0 = f32x4.add(d0, f32x4.mul(v, g0));
      d1 = f32x4.add(d1, f32x4.mul(v, g1));
      x += step;
      dy += next;
    }
  }
  v128.store(sums, a0);
  v128.store(sums, a1, 16);
  v128.store(sums + next, b0);
  v128.store(sums + next, b1, 16);
  v128.store(sums + 2 * next, c0);
  v128.store(sums + 2 * next, c1, 16);
  v128.store(sums + 3 * next, d0);
  v128.store(sums + 3 * next, d1, 16);
}

// @ts-ignore: decorator
@inline
function products4(
  input: usize, rowStep: i32, pixelStep: i32, gradient: usize, channels: i32, gradientRowStep: i32,
  rows: i32, columns: i32, sums: usize,
): void {
  const next = (<usize>channels) << 2;
  const step = (<usize>pixelStep) << 2;
  let a = v128.load(sums), b = v128.load(sums + next), c = v128.load(sums + 2 * next), d = v128.load(sums + 3 * next);
  for (let row = 0; row < rows; row++) {
    let x = input + ((<usize>(row * rowStep)) << 2);
    let dy = gradient + ((<usize>(row * gradientRowStep)) << 2);
    for (let column = 0; column < columns; column++) {
      const g = v128.load(dy);
      a = f32x4.add(a, f32x4.mul(v128.load32_splat(x), g));
      b = f32x4.add(b, f32x4.mul(v128.load32_splat(x, 4), g));
      c = f32x4.add(c, f32x4.mul(v128.load32_splat(x, 8), g));
      d = f32x4.add(d, f32x4.mul(v128.load32_splat(x, 12), g));
      x += step;
      dy += next;
    }
  }
  v128.store(sums, a);
  v128.store(sums + next, b);
  v128.store(sums + 2 * next, c);
  v128.store(sums + 3 * next, d);
}

/** products[i, k] = sum over j < length of a[i, j] * b[k, j]; both matrices have rows of `length`, one after the other. */
export function productWithTransposed(a: usize, rows: i32, b: usize, columns: i32, length: i32, products: usize): void {
  const step = (<usize>length) << 2;
  for (let column = 0; column < columns; column++) {
    const other = b + <usize>column * step;
    for (let row = 0; row < rows; row += 4) {
      const p0 = a + <usize>row * step;
      // The last rows are computed again where there are fewer than four.
      const p1 = a + <usize>min(row + 1, rows - 1) * step, p2 = a + <usize>min(row + 2, rows - 1) * step, p3 = a + <usize>min(row + 3, rows - 1) * step;
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      let at: usize = 0;
      for (; at + 16 <= step; at += 16) {
        const w = v128.load(other + at);
        s0 = f32x4.add(s0, f32x4.mul(v128.load(p0 + at), w));
        s1 = f32x4.add(s1, f32x4.mul(v128.load(p1 + at), w));
        s2 = f32x4.add(s2, f32x4.mul(v128.load(p2 + at), w));
        s3 = f32x4.add(s3, f32x4.mul(v128.load(p3 + at), w));
      }
      let t0 = across(s0), t1 = across(s1), t2 = across(s2), t3 = across(s3);
      for (; at < step; at += 4) {
        const w = load<f32>(other + at);
        t0 += load<f32>(p0 + at) * w;
        t1 += load<f32>(p1 + at) * w;
        t2 += load<f32>(p2 + at) * w;
        t3 += load<f32>(p3 + at) * w;
      }
      const to = products + ((<usize>(row * columns + column)) << 2);
      const next = (<usize>columns) << 2;
      store<f32>(to, t0);
      if (row + 1 < rows) store<f32>(to + next, t1);
      if (row + 2 < rows) store<f32>(to + 2 * next, t2);
      if (row + 3 < rows) store<f32>(to + 3 * next, t3);
    }
  }
}

// @ts-ignore: decorator
@inline
function across(values: v128): f32 {
  return f32x4.extract_lane(values, 0) + f32x4.extract_lane(values, 1) + (f32x4.extract_lane(values, 2) + f32x4.extract_lane(values, 3));
}
