/** Brightness of a film while it is drawn: 0 black to 1 white, row by row from the top left. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
  /** Work space of `stroke`: all zero between calls. */
  readonly ink: Float32Array;
}

/** A place on a film: x to the right in widths, y down in heights, both 0 to 1. */
export type Place = readonly [x: number, y: number];

/** A part of a film, its sides in widths and heights. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const wholeFilm: Box = { left: 0, right: 1, top: 0, bottom: 1 };

export function openCanvas(width: number, height: number): Canvas {
  return { width, height, values: new Float32Array(width * height), ink: new Float32Array(width * height) };
}

export interface Paint {
  readonly box: Box;
  readonly level: number;
  /** Share of each pixel that takes the paint, such as that of a lung. */
  readonly within?: Float32Array;
  /** 0 to 1 by place, asked for a row first, so that what depends on y alone is worked out once. */
  readonly opacity: (y: number) => (x: number) => number;
}

/** Moves each pixel of a box towards a level. */
export function paint(canvas: Canvas, { box, level, within, opacity }: Paint): void {
  const { width, height, values } = canvas;
  const { left, right, top, bottom } = pixelsOf(canvas, box);
  for (let row = top; row < bottom; row++) {
    const opacityAt = opacity((row + 0.5) / height);
    for (let column = left; column < right; column++) {
      const pixel = row * width + column;
      const share = within === undefined ? 1 : (within[pixel] ?? 0);
      if (share === 0) continue;
      const before = values[pixel] ?? 0;
      values[pixel] = before + share * opacityAt((column + 0.5) / width) * (level - before);
    }
  }
}

/** Paints a soft ellipse. */
export function paintEllipse(canvas: Canvas, shape: Ellipse, paintOf: { level: number; opacity: number; within?: Float32Array }): void {
  const reach = (1 + shape.softness) * Math.max(shape.radiusX, shape.radiusY);
  const box = { left: shape.x - reach, right: shape.x + reach, top: shape.y - reach, bottom: shape.y + reach };
  const share = ellipse(shape);
  paint(canvas, { ...paintOf, box, opacity: (y) => (x) => paintOf.opacity * share(x, y) });
}

export interface Pen {
  /** Width of the line in film widths, at half its height. */
  readonly thickness: number;
  readonly level: number;
  /** 0 to 1, on the line's middle. */
  readonly opacity: number;
  /** Opacity of each pixel, such as that of a lung the line may not leave. */
  readonly within?: Float32Array;
}

/** Draws a line through places as a soft ridge, even where its parts overlap. */
export function stroke(canvas: Canvas, line: readonly Place[], pen: Pen): void {
  for (let part = 1; part < line.length; part++) {
    const [from, to] = [line[part - 1], line[part]];
    if (from !== undefined && to !== undefined) inkSegment(canvas, [from, to], pen.thickness);
  }
  const { width, values, ink } = canvas;
  const { left, right, top, bottom } = pixelsOf(canvas, boxAround(canvas, line, pen.thickness));
  for (let row = top; row < bottom; row++) {
    for (let pixel = row * width + left; pixel < row * width + right; pixel++) {
      const before = values[pixel] ?? 0;
      const share = (ink[pixel] ?? 0) * pen.opacity * (pen.within?.[pixel] ?? 1);
      values[pixel] = before + share * (pen.level - before);
      ink[pixel] = 0;
    }
  }
}

/** How far a line's ink reaches from its middle, in thicknesses. */
const ridgeReach = 1.1;

function inkSegment(canvas: Canvas, line: readonly [Place, Place], thickness: number): void {
  const { width, height, ink } = canvas;
  const [[fromX, fromY], [toX, toY]] = line;
  const deltaX = (toX - fromX) * width;
  const deltaY = (toY - fromY) * height;
  const length = deltaX * deltaX + deltaY * deltaY || 1;
  // (1 - d²)³ is a Gaussian to the eye and costs no exponential; it is 1/2 at 0.45 of its reach.
  const reach = (thickness * width * ridgeReach) ** 2;
  const { left, right, top, bottom } = pixelsOf(canvas, boxAround(canvas, line, thickness));
  for (let row = top; row < bottom; row++) {
    const y = row + 0.5 - fromY * height;
    for (let column = left; column < right; column++) {
      const x = column + 0.5 - fromX * width;
      const along = Math.min(1, Math.max(0, (x * deltaX + y * deltaY) / length));
      const squared = (x - along * deltaX) ** 2 + (y - along * deltaY) ** 2;
      const pixel = row * width + column;
      if (squared >= reach) continue;
      const rest = 1 - squared / reach;
      ink[pixel] = Math.max(ink[pixel] ?? 0, rest * rest * rest);
    }
  }
}

function boxAround({ width, height }: Canvas, line: readonly Place[], thickness: number): Box {
  const xs = line.map(([x]) => x);
  const ys = line.map(([, y]) => y);
  const margin = ridgeReach * thickness;
  const marginY = (margin * width) / height;
  return { left: Math.min(...xs) - margin, right: Math.max(...xs) + margin, top: Math.min(...ys) - marginY, bottom: Math.max(...ys) + marginY };
}

function pixelsOf({ width, height }: Canvas, box: Box): Box {
  return {
    left: Math.max(0, Math.floor(box.left * width)),
    right: Math.min(width, Math.ceil(box.right * width)),
    top: Math.max(0, Math.floor(box.top * height)),
    bottom: Math.min(height, Math.ceil(box.bottom * height)),
  };
}

/** 0 below `from`, 1 above `to`, smooth between; `from` may be the greater one. */
export function ramp(from: number, to: number, value: number): number {
  const share = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return share * share * (3 - 2 * share);
}

export interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly radiusX: number;
  readonly radiusY: number;
  /** Share of the radius over which its edge falls, to either side. */
  readonly softness: number;
  /** Angle by which its x axis is turned down on the right. */
  readonly radians?: number;
}

/** A soft ellipse: 1 in its middle, 0.5 on its edge, 0 outside. */
export function ellipse({ x, y, radiusX, radiusY, softness, radians = 0 }: Ellipse): (x: number, y: number) => number {
  const [cosine, sine] = [Math.cos(radians), Math.sin(radians)];
  return (atX, atY) => {
    const alongX = (cosine * (atX - x) + sine * (atY - y)) / radiusX;
    const alongY = (cosine * (atY - y) - sine * (atX - x)) / radiusY;
    return ramp(1 + softness, 1 - softness, Math.sqrt(alongX * alongX + alongY * alongY));
  };
}
