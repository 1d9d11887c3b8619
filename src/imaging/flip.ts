import type { Grey } from './grey.ts';
import { greyOf, kernels, planeOf, reservePlane, scratch } from './kernel-memory.ts';

/** OpenCV's flip codes: -1 both axes, 0 around the x axis (upside down), 1 around the y axis (mirrored). */
export type FlipCode = -1 | 0 | 1;

/** Several variants of a film; null is the film as it is. */
export type Variety = readonly (FlipCode | null)[];

/** The four variants of a film in the order of their records: as it is, both axes, vertical, horizontal (2019 study, phase 1). */
export const variants: Variety = [null, -1, 0, 1];

export function isUpsideDownBy(code: FlipCode | null): boolean {
  return code === 0 || code === -1;
}

export function isMirroredBy(code: FlipCode | null): boolean {
  return code === 1 || code === -1;
}

/** The film in one of `variants`; the film itself where nothing is flipped. */
export function variantOf(source: Grey, code: FlipCode | null): Grey {
  return code === null ? source : flip(source, code);
}

/** As `cv2.flip(source, code)`. */
export function flip(film: Grey, code: FlipCode): Grey {
  return scratch(() => {
    const source = planeOf(film);
    const target = reservePlane(film);
    kernels.turnOver(source.at, target.at, film.width, film.height, film.width, isUpsideDownBy(code), isMirroredBy(code));
    return greyOf(target);
  });
}
