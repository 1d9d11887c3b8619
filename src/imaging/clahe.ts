import { bytesAt, kernels, put, reserve, reservePlane, scratch, type Plane } from './kernel-memory.ts';
import type { Size } from './resize.ts';

export interface ClaheSettings {
  /** Most pixels of one grey value in a tile, as a multiple of an even spread. */
  readonly clipLimit: number;
  /** Tiles along each side. */
  readonly tiles: number;
}

/** Contrast-limited adaptive histogram equalisation, as OpenCV's `createCLAHE(clipLimit, (tiles, tiles)).apply(source)`. */
export function clahe(source: Plane, settings: ClaheSettings): Plane {
  const target = reservePlane(source);
  scratch(() => equalise(source, target, settings));
  return target;
}

function equalise(source: Plane, target: Plane, { clipLimit, tiles }: ClaheSettings): void {
  const { width, height } = source;
  const padded = paddedSize(source, tiles);
  const [pixels, curves, counts, joined, starts, left, right] = reserve(
    padded.width * padded.height, tiles * tiles * 256, 4 * 256 * 4, (tiles + 1) * 256 * 4, width * 4, width * 4, width * 4,
  );
  pad(source, { ...padded, at: pixels });
  fillCurves({ pixels, curves, counts }, padded, { clipLimit, tiles });
  const across = neighboursOf(width, padded.width / tiles);
  put(starts, across.first.map((tile) => joined + (tile + 1) * 1024));
  put(left, across.firstShare);
  put(right, across.secondShare);
  const down = neighboursOf(height, padded.height / tiles);
  for (let y = 0; y < height; y += 1) {
    const upper = down.first[y] ?? 0;
    if (upper !== down.first[y - 1]) joinRow({ curves, joined, upper, tiles });
    kernels.blendRow(pixels + y * padded.width, starts, left, right, down.firstShare[y] ?? 0, down.secondShare[y] ?? 0, target.at + y * width, width);
  }
}

/** A whole number of pixels a tile; OpenCV pads both axes as soon as one needs it. */
function paddedSize({ width, height }: Size, tiles: number): Size {
  if (width % tiles === 0 && height % tiles === 0) return { width, height };
  return { width: width + tiles - (width % tiles), height: height + tiles - (height % tiles) };
}

/** Mirrored at the right and lower edge, the edge itself not repeated. */
function pad(source: Plane, { width, height, at }: Plane): void {
  const bytes = bytesAt(0, at + width * height);
  for (let y = 0; y < height; y += 1) {
    const start = source.at + mirrored(y, source.height) * source.width;
    const target = at + y * width;
    bytes.copyWithin(target, start, start + source.width);
    for (let x = source.width; x < width; x += 1) bytes[target + x] = bytes[start + mirrored(x, source.width)] ?? 0;
  }
}

function mirrored(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const inPeriod = index % period;
  return inPeriod < length ? inPeriod : period - inPeriod;
}

/** One curve of 256 bytes a tile, row by row. */
function fillCurves(at: { pixels: number; curves: number; counts: number }, padded: Size, { clipLimit, tiles }: ClaheSettings): void {
  const width = padded.width / tiles;
  const height = padded.height / tiles;
  const area = width * height;
  const limit = Math.max(1, Math.trunc((clipLimit * area) / 256));
  for (let index = 0; index < tiles * tiles; index += 1) {
    const corner = Math.floor(index / tiles) * height * padded.width + (index % tiles) * width;
    kernels.fillCurve(at.pixels + corner, padded.width, width, height, limit, 255 / area, at.counts, at.curves + index * 256);
  }
}

interface Neighbours {
  /** The tile whose centre lies before a pixel; -1 before the first centre. */
  readonly first: Int32Array;
  /** Shares of that tile and of the one after it. */
  readonly firstShare: Float32Array;
  readonly secondShare: Float32Array;
}

/** Those of the last axis: films of a run are of one size. */
let neighbours: (Neighbours & { readonly length: number; readonly tile: number }) | null = null;

/** For each pixel along an axis. */
function neighboursOf(length: number, tile: number): Neighbours {
  if (neighbours?.length === length && neighbours.tile === tile) return neighbours;
  const first = new Int32Array(length);
  const firstShare = new Float32Array(length);
  const secondShare = new Float32Array(length);
  const inverse = Math.fround(1 / tile);
  for (let index = 0; index < length; index += 1) {
    const position = Math.fround(Math.fround(index * inverse) - 0.5);
    const before = Math.floor(position);
    const share = Math.fround(position - before);
    first[index] = before;
    firstShare[index] = 1 - share;
    secondShare[index] = share;
  }
  neighbours = { length, tile, first, firstShare, secondShare };
  return neighbours;
}

/** The joined curves of the tiles in row `upper` and the one below it: before the first column, between columns, after the last. */
function joinRow({ curves, joined, upper, tiles }: { curves: number; joined: number; upper: number; tiles: number }): void {
  const within = (tile: number) => Math.min(Math.max(tile, 0), tiles - 1);
  const curveAt = (row: number, column: number) => curves + (within(row) * tiles + within(column)) * 256;
  for (let left = -1; left < tiles; left += 1) {
    kernels.joinCurves(curveAt(upper, left), curveAt(upper, left + 1), curveAt(upper + 1, left), curveAt(upper + 1, left + 1), joined + (left + 1) * 1024);
  }
}
