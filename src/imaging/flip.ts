import type { Grey } from './grey.ts';
import { bytesAt, kernels, reserve } from './kernel-memory.ts';

/** OpenCV's flip codes: -1 both axes, 0 around the x axis (upside down), 1 around the y axis (mirrored). */
export type FlipCode = -1 | 0 | 1;

/** The four variants of a film in the order of their records: as it is, both axes, vertical, horizontal (2019 study, phase 1). */
export const variants: readonly (FlipCode | null)[] = [null, -1, 0, 1];

/** The film in one of `variants`; the film itself where nothing is flipped. */
export function variantOf(source: Grey, code: FlipCode | null): Grey {
  return code === null ? source : flip(source, code);
}

/** As `cv2.flip(source, code)`. */
export function flip({ width, height, pixels }: Grey, code: FlipCode): Grey {
  const [source, target] = reserve(width * height, width * height);
  bytesAt(source, width * height).set(pixels);
  kernels.turnOver(source, target, width, height, width, code !== 1, code !== 0);
  return { width, height, pixels: bytesAt(target, width * height).slice() };
}
