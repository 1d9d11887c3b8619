import { kernels, put, reserve, reservePlane, scratch, type Plane } from './kernel-memory.ts';
import type { Scale } from './resize.ts';

/** A target pixel is (2048 - weight) / 2048 of the source pixel at `first` and weight / 2048 of the one after it. */
interface Pairs {
  readonly first: Int32Array;
  readonly weight: Int32Array;
}

/** What INTER_AREA does where an axis grows: the two neighbours along each axis in 11-bit fixed point. */
export function resizeByPairs(source: Plane, x: Scale, y: Scale): Plane {
  const target = reservePlane({ width: x.target, height: y.target });
  scratch(() => blendPairs(source, target, pairsOf(x), pairsOf(y)));
  return target;
}

function blendPairs(source: Plane, { width, height, at }: Plane, columns: Pairs, rows: Pairs): void {
  const [firsts, weights, firstRows, parts, upper, lower] = reserve(width * 4, width * 4, height * 4, height * 4, width * 4, width * 4);
  put(firsts, columns.first);
  put(weights, weightsOf(columns));
  put(firstRows, rows.first);
  put(parts, rows.weight);
  kernels.resizePairs(source.at, source.width, source.height, firsts, weights, firstRows, parts, upper, lower, at, width, height);
}

/** Of each pair the weight of the first, then that of the second; beyond the edge the second has none. */
function weightsOf({ weight }: Pairs): Int16Array {
  const weights = new Int16Array(2 * weight.length);
  for (let index = 0; index < weight.length; index += 1) {
    weights[2 * index] = 2048 - (weight[index] ?? 0);
    weights[2 * index + 1] = weight[index] ?? 0;
  }
  return weights;
}

function pairsOf({ source, target, factor, inverse }: Scale): Pairs {
  const pairs = { first: new Int32Array(target), weight: new Int32Array(target) };
  for (let index = 0; index < target; index += 1) {
    const first = Math.floor(index * factor);
    const share = Math.fround(index + 1 - (first + 1) * inverse);
    const rounded = share <= 0 || first >= source - 1 ? 0 : Math.fround(share - Math.floor(share));
    pairs.first[index] = Math.min(first, source - 1);
    pairs.weight[index] = roundToEven(rounded * 2048);
  }
  return pairs;
}

/** To the nearest whole number, halves to the even one; for 0 <= value < 2^52. */
function roundToEven(value: number): number {
  return value + 2 ** 52 - 2 ** 52;
}
