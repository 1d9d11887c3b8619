import { bytesAt, kernels, put, reserve, reservePlane, scratch, type Plane } from './kernel-memory.ts';
import type { Scale } from './resize.ts';

/** Target pixel i is the sum of the count[i] source pixels from first[i] on, each times one of the shares from share[i * most] on. */
interface Cells {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly share: Float32Array;
  readonly most: number;
}

/** INTER_AREA where both axes shrink: the mean over the area of a target pixel, in float32 step by step as OpenCV. */
export function resizeByArea(source: Plane, x: Scale, y: Scale): Plane {
  const target = reservePlane({ width: x.target, height: y.target });
  scratch(() => takeAreas(source, target, cellsOf(x), cellsOf(y)));
  return target;
}

function takeAreas(source: Plane, { width, height, at }: Plane, columns: Cells, rows: Cells): void {
  const words = Math.ceil(columns.most / 4);
  const shares = sharesByFour(columns, words);
  const [starts, share, firstRows, counts, parts, values, sums] = reserve(width * 4, shares.byteLength, height * 4, height * 4, rows.share.byteLength, width * 4, width * 4);
  put(starts, columns.first);
  put(share, shares);
  put(firstRows, rows.first);
  put(counts, rows.count);
  put(parts, rows.share);
  bytesAt(sums, width * 4).fill(0);
  kernels.resizeArea(source.at, source.width, starts, share, words, firstRows, counts, parts, rows.most, values, sums, at, width, height);
}

/** The shares of four columns stand together, as the kernel takes them; a share of 0 adds nothing. */
function sharesByFour({ count, share, most }: Cells, words: number): Float32Array {
  const ordered = new Float32Array(Math.ceil(count.length / 4) * words * 16);
  for (let column = 0; column < count.length; column += 1) {
    const start = (column >> 2) * words * 16 + (column & 3);
    for (let at = 0; at < (count[column] ?? 0); at += 1) ordered[start + at * 4] = share[column * most + at] ?? 0;
  }
  return ordered;
}

/** OpenCV's table, with its tolerance: a part of less than a thousandth of a pixel is left out. */
function cellsOf({ source, target, factor }: Scale): Cells {
  const most = Math.ceil(factor) + 1;
  const cells = { first: new Int32Array(target), count: new Int32Array(target), share: new Float32Array(target * most), most };
  for (let cell = 0; cell < target; cell += 1) {
    const from = cell * factor;
    const to = from + factor;
    const width = Math.min(factor, source - from);
    const last = Math.min(Math.floor(to), source - 1);
    const whole = Math.min(Math.ceil(from), last);
    let at = cell * most;
    if (whole - from > 1e-3) cells.share[at++] = (whole - from) / width;
    cells.first[cell] = whole - (at - cell * most);
    for (let next = whole; next < last; next += 1) cells.share[at++] = 1 / width;
    if (to - last > 1e-3) cells.share[at++] = Math.min(to - last, 1, width) / width;
    cells.count[cell] = at - cell * most;
  }
  return cells;
}
