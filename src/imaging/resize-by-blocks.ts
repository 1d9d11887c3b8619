import { bytesAt, kernels, reservePlane, type Plane } from './kernel-memory.ts';
import type { Scale } from './resize.ts';

/** Mean of whole blocks: the INTER_AREA of whole factors, where OpenCV rounds 2 x 2 upwards and others to even. */
export function resizeByBlocks(source: Plane, x: Scale, y: Scale): Plane {
  const across = Math.round(x.factor);
  const down = Math.round(y.factor);
  const share = Math.fround(1 / (across * down));
  const isTwoByTwo = across === 2 && down === 2;
  const target = reservePlane({ width: x.target, height: y.target });
  const from = bytesAt(source.at, source.width * source.height);
  const pixels = new Uint8ClampedArray(kernels.memory.buffer, target.at, x.target * y.target);
  for (let row = 0; row < y.target; row += 1) {
    for (let column = 0; column < x.target; column += 1) {
      const sum = sumOfBlock(from, { stride: source.width, left: column * across, top: row * down, across, down });
      // A clamped array rounds half to even, as OpenCV does.
      pixels[row * x.target + column] = isTwoByTwo ? (sum + 2) >> 2 : Math.fround(Math.fround(sum) * share);
    }
  }
  return target;
}

function sumOfBlock(pixels: Uint8Array, block: { stride: number; left: number; top: number; across: number; down: number }): number {
  let sum = 0;
  for (let y = block.top; y < block.top + block.down; y += 1) {
    const start = y * block.stride + block.left;
    for (let at = start; at < start + block.across; at += 1) sum += pixels[at] ?? 0;
  }
  return sum;
}
