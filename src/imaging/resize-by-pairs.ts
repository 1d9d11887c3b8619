import type { Grey } from './grey.ts';
import { bytesAt, kernels, put, reserve } from './kernel-memory.ts';
import type { Scale } from './resize.ts';

/** A target pixel is (2048 - weight) / 2048 of the source pixel at `first` and weight / 2048 of the one after it. */
interface Pairs {
  readonly first: Int32Array;
  readonly weight: Int32Array;
}

/** What INTER_AREA does where an axis grows: the two neighbours along each axis in 11-bit fixed point. */
export function resizeByPairs(source: Grey, x: Scale, y: Scale): Grey {
  const columns = pairsOf(x);
  const rows = pairsOf(y);
  const width = x.target;
  const [line, starts, weights, upperAt, lowerAt, target] = reserve(source.width, width * 4, width * 4, width * 4, width * 4, width * y.target);
  const lineBytes = bytesAt(line, source.width);
  put(starts, columns.first);
  put(weights, Int16Array.from({ length: 2 * width }, (_, at) => weightAt(columns, at)));
  const fill = (values: { row: number; readonly at: number }, row: number) => {
    lineBytes.set(source.pixels.subarray(row * source.width, (row + 1) * source.width));
    kernels.weighPairs(line, starts, weights, values.at, width);
    values.row = row;
  };
  let upper = { row: -1, at: upperAt };
  let lower = { row: -1, at: lowerAt };
  for (let row = 0; row < y.target; row += 1) {
    const first = rows.first[row] ?? 0;
    const second = Math.min(first + 1, source.height - 1);
    // The lower row of one target row is mostly the upper one of the next.
    if (first === lower.row) [upper, lower] = [lower, upper];
    if (first !== upper.row) fill(upper, first);
    if (second !== lower.row) fill(lower, second);
    kernels.blendPairs(upper.at, lower.at, rows.weight[row] ?? 0, target + row * width, width);
  }
  return { width, height: y.target, pixels: bytesAt(target, width * y.target).slice() };
}

/** Of each pair the weight of the first, then that of the second; beyond the edge the second has none. */
function weightAt({ weight }: Pairs, at: number): number {
  const second = weight[at >> 1] ?? 0;
  return at % 2 === 0 ? 2048 - second : second;
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
