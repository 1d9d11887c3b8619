import type { Padding, Shape } from './network.ts';

/** A window that slides over the pixels: its side and step. */
export interface Window {
  readonly size: number;
  readonly strides: number;
  readonly padding: Padding;
}

/** How many windows fit along an axis, as TensorFlow counts. */
export function windowsIn(length: number, { size, strides, padding }: Window): number {
  const count = Math.ceil((padding === 'same' ? length : length - size + 1) / strides);
  if (count < 1) throw new Error(`a window of ${size} does not fit into ${length} pixels`);
  return count;
}

export function demandPixels(shape: Shape): [height: number, width: number, channels: number] {
  const [h, w, channels] = shape;
  if (shape.length !== 3 || h === undefined || w === undefined || channels === undefined) {
    throw new Error(`the input must be height x width x channels, it is ${textOf(shape)}`);
  }
  return [h, w, channels];
}

export function demandVector(shape: Shape): number {
  if (shape.length !== 1) throw new Error(`the input must be a vector, it is ${textOf(shape)}`);
  return lastOf(shape);
}

export function lastOf(shape: Shape): number {
  const width = shape.at(-1);
  if (width === undefined) throw new Error('the input must not be a scalar');
  return width;
}

export function demandSame(a: Shape, b: Shape): Shape {
  if (textOf(a) !== textOf(b)) throw new Error(`the inputs must have one shape, they are ${textOf(a)} and ${textOf(b)}`);
  return a;
}

export function textOf(shape: Shape): string {
  return shape.length === 0 ? 'a scalar' : shape.join(' x ');
}
