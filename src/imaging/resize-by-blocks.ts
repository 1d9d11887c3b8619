import type { Grey } from './grey.ts';
import type { Scale } from './resize.ts';

/** Mean of whole blocks: the INTER_AREA of whole factors, where OpenCV rounds 2 x 2 upwards and others to even. */
export function resizeByBlocks(source: Grey, x: Scale, y: Scale): Grey {
  const across = Math.round(x.factor);
  const down = Math.round(y.factor);
  const share = Math.fround(1 / (across * down));
  const isTwoByTwo = across === 2 && down === 2;
  const pixels = new Uint8ClampedArray(x.target * y.target);
  for (let row = 0; row < y.target; row += 1) {
    for (let column = 0; column < x.target; column += 1) {
      const sum = sumOfBlock(source, { left: column * across, top: row * down, across, down });
      // A clamped array rounds half to even, as OpenCV does.
      pixels[row * x.target + column] = isTwoByTwo ? (sum + 2) >> 2 : Math.fround(Math.fround(sum) * share);
    }
  }
  return { width: x.target, height: y.target, pixels: new Uint8Array(pixels.buffer) };
}

function sumOfBlock(source: Grey, block: { left: number; top: number; across: number; down: number }): number {
  let sum = 0;
  for (let y = block.top; y < block.top + block.down; y += 1) {
    const start = y * source.width + block.left;
    for (let at = start; at < start + block.across; at += 1) sum += source.pixels[at] ?? 0;
  }
  return sum;
}
