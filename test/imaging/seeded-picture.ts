import { createHash } from 'node:crypto';
import type { Grey } from '../../src/imaging/grey.ts';
import { greyOf as copyOf, planeOf, scratch, type Plane } from '../../src/imaging/kernel-memory.ts';

/** The pictures of test/oracles/opencv_golden.py: odd seeds even noise, even seeds broad bands with some noise. */
export function seededPicture(width: number, height: number, seed: number): Grey {
  const pixels = new Uint8Array(width * height);
  for (let at = 0; at < pixels.length; at += 1) {
    const grain = noise(at, seed);
    const [x, y] = [at % width, Math.floor(at / width)];
    const wave = (5 * x + 3 * y + ((x * y) >> 5)) & 511;
    pixels[at] = seed % 2 === 1 ? grain >>> 24 : (((wave < 256 ? wave : 511 - wave) * 3) >> 2) + (grain >>> 26);
  }
  return { width, height, pixels };
}

function noise(index: number, seed: number): number {
  let hash = (Math.imul(index, 2654435761) + seed) | 0;
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519);
  hash = Math.imul(hash ^ (hash >>> 13), 3266489917);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function sha256({ pixels }: Grey): string {
  return createHash('sha256').update(pixels).digest('hex');
}

/** A picture from rows of numbers. */
export function greyOf(...rows: readonly (readonly number[])[]): Grey {
  return { width: rows[0]?.length ?? 0, height: rows.length, pixels: Uint8Array.from(rows.flat()) };
}

export function rowsOf({ width, pixels }: Grey): number[][] {
  return Array.from({ length: pixels.length / width }, (_, row) => [...pixels.slice(row * width, (row + 1) * width)]);
}

/** What the work makes of a picture in the memory of the kernels. */
export function inPlane(film: Grey, work: (plane: Plane) => Plane): Grey {
  return scratch(() => copyOf(work(planeOf(film))));
}
