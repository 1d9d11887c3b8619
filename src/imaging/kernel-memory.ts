import type { Grey } from './grey.ts';
import { wasm } from './kernels.ts';
import type { Size } from './resize.ts';

/** The kernels of assembly/imaging.ts and assembly/jpeg.ts, where they are described. Every pointer is an address in `memory`. */
interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  freeFrom(): number;
  fillCurve(tile: number, stride: number, width: number, height: number, limit: number, scale: number, counts: number, curve: number): void;
  joinCurves(upperLeft: number, upperRight: number, lowerLeft: number, lowerRight: number, joined: number): void;
  blendRow(pixels: number, joined: number, left: number, right: number, above: number, below: number, target: number, length: number): void;
  copyRows(source: number, stride: number, target: number, width: number, rows: number): void;
  resizeArea(source: number, sourceWidth: number, start: number, share: number, words: number, row: number, count: number, part: number, most: number, values: number, sums: number, target: number, width: number, height: number): void;
  resizePairs(source: number, sourceWidth: number, sourceHeight: number, first: number, weight: number, row: number, part: number, upper: number, lower: number, target: number, width: number, height: number): void;
  turnOver(source: number, target: number, width: number, height: number, stride: number, isUpsideDown: boolean, isMirrored: boolean): void;
  fillEdges(target: number, width: number, height: number, stride: number, rows: number): void;
  unstuff(source: number, length: number, end: number): number;
  fillTable(counts: number, symbols: number, total: number, table: number): number;
  decodeBlocks(end: number, bytes: number, dcTable: number, acTable: number, places: number, block: number, target: number, across: number, down: number): number;
  transformRows(pixels: number, across: number, down: number, block: number, rows: number): void;
  encodeBlocks(rows: number, step: number, across: number, down: number, scales: number, codes: number, order: number, block: number, bits: number, target: number): number;
}

/** Node's, of which only what is used here: TypeScript knows it as a part of browsers alone. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: object };
};

/** One instance a thread, since a thread makes one picture at a time. */
export const kernels = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(wasm, 'base64'))).exports as Kernels;

const pageBytes = 65_536;
/** Kernels work on whole vectors, past the end of an array too. */
const spareBytes = 16;

/** What stands before is in use. */
let free = kernels.freeFrom();

/**
 * Addresses for arrays of these many bytes, each a multiple of 16, in order: in use until the end of the work of `scratch`, those
 * that a module reserves when it loads for good. Views of the memory may be lost.
 */
export function reserve<const Sizes extends readonly number[]>(...sizes: Sizes): { [Index in keyof Sizes]: number } {
  const addresses = sizes.map((bytes) => {
    const address = free;
    free += Math.ceil((bytes + spareBytes) / 16) * 16;
    return address;
  });
  const missing = free - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / pageBytes));
  return addresses as { [Index in keyof Sizes]: number };
}

/** Does the work, and frees what is reserved in it. It may not wait: others would reserve meanwhile. */
export function scratch<Result>(work: () => Result): Result {
  const before = free;
  try {
    return work();
  } finally {
    free = before;
  }
}

/** A picture in `memory`: `height` rows of `width` bytes from an address on. */
export interface Plane extends Size {
  readonly at: number;
}

/** Room for a picture, of whatever it holds. */
export function reservePlane({ width, height }: Size): Plane {
  const [at] = reserve(width * height);
  return { width, height, at };
}

export function planeOf(source: Grey): Plane {
  const plane = reservePlane(source);
  put(plane.at, source.pixels);
  return plane;
}

export function greyOf({ width, height, at }: Plane): Grey {
  return { width, height, pixels: bytesAt(at, width * height).slice() };
}

/** The bytes at an address. */
export function bytesAt(address: number, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(kernels.memory.buffer, address, length);
}

/** Writes the values and zeros after them: an index that a kernel reads past the end has to be one. */
export function put(address: number, values: Uint8Array | Int16Array | Int32Array | Float32Array): void {
  const room = bytesAt(address, values.byteLength + spareBytes);
  room.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  room.fill(0, values.byteLength);
}
