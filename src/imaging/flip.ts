import type { Grey } from './grey.ts';

/** OpenCV's flip codes: -1 both axes, 0 around the x axis (upside down), 1 around the y axis (mirrored). */
export type FlipCode = -1 | 0 | 1;

/** The four variants of a film in the order of their records: as it is, both axes, vertical, horizontal (2019 study, phase 1). */
export const variants: readonly (FlipCode | null)[] = [null, -1, 0, 1];

/** The film in one of `variants`; the film itself where nothing is flipped. */
export function variantOf(source: Grey, code: FlipCode | null): Grey {
  return code === null ? source : flip(source, code);
}

/** As `cv2.flip(source, code)`. */
export function flip(source: Grey, code: FlipCode): Grey {
  const { width, height } = source;
  // Both axes together are the pixels read backwards.
  if (code === -1) return { width, height, pixels: source.pixels.slice().reverse() };
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const row = source.pixels.subarray(y * width, (y + 1) * width);
    pixels.set(code === 0 ? row : row.slice().reverse(), (code === 0 ? height - 1 - y : y) * width);
  }
  return { width, height, pixels };
}
