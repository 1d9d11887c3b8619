import type { Plane } from './kernel-memory.ts';
import { resizeByArea } from './resize-by-area.ts';
import { resizeByBlocks } from './resize-by-blocks.ts';
import { resizeByPairs } from './resize-by-pairs.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Source pixels for one target pixel along an axis, and the reverse. */
export interface Scale {
  readonly source: number;
  readonly target: number;
  readonly factor: number;
  readonly inverse: number;
}

/**
 * As OpenCV's `resize(source, size, interpolation=INTER_AREA)` of bytes. Despite its name that takes areas only where
 * both axes shrink; where one grows it blends pairs of neighbours. Equal sizes give the source itself.
 */
export function resize(source: Plane, size: Size): Plane {
  if (source.width === size.width && source.height === size.height) return source;
  const x = scaleOf(source.width, size.width);
  const y = scaleOf(source.height, size.height);
  if (x.factor < 1 || y.factor < 1) return resizeByPairs(source, x, y);
  return isWhole(x.factor) && isWhole(y.factor) ? resizeByBlocks(source, x, y) : resizeByArea(source, x, y);
}

/** The factor is 1 / (target / source), not source / target: OpenCV's last bit, which decides where a cell ends. */
function scaleOf(source: number, target: number): Scale {
  const inverse = target / source;
  return { source, target, factor: 1 / inverse, inverse };
}

function isWhole(factor: number): boolean {
  return Math.abs(factor - Math.round(factor)) < Number.EPSILON;
}
