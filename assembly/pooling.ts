/** Max pooling backwards; see kernels.ts. */

// @ts-nocheck: AssemblyScript has types that TypeScript does not know.

/**
 * Sends dy [rows, columns, channels] of one image back to dx [height, width, channels]: to the first value of its
 * window that equals the maximum, as TensorFlow does. (tfjs' own kernel sends it to all of them.)
 */
export function maxPoolGradient(
  x: usize, y: usize, dy: usize, dx: usize, height: i32, width: i32, channels: i32, rows: i32, columns: i32,
  size: i32, stride: i32, top: i32, left: i32,
): void {
  const pixel = (<usize>channels) << 2;
  memory.fill(dx, 0, <usize>(height * width) * pixel);
  for (let row = 0; row < rows; row++) {
    const fromRow = max(0, row * stride - top), toRow = min(height, row * stride - top + size);
    for (let column = 0; column < columns; column++) {
      const fromColumn = max(0, column * stride - left), toColumn = min(width, column * stride - left + size);
      let channel = 0;
      for (; channel + 4 <= channels; channel += 4) {
        const offset = (<usize>channel) << 2;
        const maximum = v128.load(y + offset);
        let left4 = v128.load(dy + offset);
        for (let r = fromRow; r < toRow; r++) {
          for (let c = fromColumn; c < toColumn; c++) {
            const at = <usize>(r * width + c) * pixel + offset;
            const isMaximum = f32x4.eq(v128.load(x + at), maximum);
            v128.store(dx + at, f32x4.add(v128.load(dx + at), v128.and(left4, isMaximum)));
            left4 = v128.andnot(left4, isMaximum);
          }
        }
      }
      for (; channel < channels; channel++) {
        const offset = (<usize>channel) << 2;
        const maximum = load<f32>(y + offset);
        let isSent = false;
        for (let r = fromRow; r < toRow && !isSent; r++) {
          for (let c = fromColumn; c < toColumn && !isSent; c++) {
            const at = <usize>(r * width + c) * pixel + offset;
            isSent = load<f32>(x + at) == maximum;
            if (isSent) store<f32>(dx + at, load<f32>(dx + at) + load<f32>(dy + offset));
          }
        }
      }
      y += pixel;
      dy += pixel;
    }
  }
}
