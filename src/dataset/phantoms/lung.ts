import { paint, ramp } from './canvas.ts';
import type { Box, Canvas, Place } from './canvas.ts';
import type { Lung } from './chest.ts';

/** A lung and its share of each pixel. */
export interface DrawnLung {
  readonly lung: Lung;
  readonly mask: Float32Array;
}

/** The lung on a canvas of this size: 1 inside, 0 outside, soft at the edges. */
export function drawLung(lung: Lung, { width, height }: Canvas): DrawnLung {
  const mask = new Float32Array(width * height);
  const { left, right, top, bottom } = boxOf(lung);
  for (let row = Math.max(0, Math.floor(top * height)); row < Math.min(height, bottom * height); row++) {
    const shareAt = lungRow(lung, (row + 0.5) / height).shareAt;
    for (let column = Math.max(0, Math.floor(left * width)); column < Math.min(width, right * width); column++) {
      mask[row * width + column] = shareAt((column + 0.5) / width);
    }
  }
  return { lung, mask };
}

/** Paints within a lung; the opacity is asked for a row of it, then by how far across. */
export function paintLung(canvas: Canvas, { lung, mask }: DrawnLung, level: number, opacity: (row: LungRow) => (x: number) => number): void {
  paint(canvas, { box: boxOf(lung), level, within: mask, opacity: (y) => opacity(lungRow(lung, y)) });
}

/** What a lung is at one height of the film. */
export interface LungRow {
  readonly y: number;
  /** 0 at the apex, 1 at the lowest point of the base; may lie outside. */
  readonly down: number;
  /** 0 at the medial edge, 1 at the lateral one; may lie outside. */
  acrossAt(x: number): number;
  /** Share of the lung in a place: 1 inside, 0 outside. */
  shareAt(x: number): number;
}

export function lungRow(lung: Lung, y: number): LungRow {
  const { side, medial, breadth: widest } = lung;
  const down = (y - lung.apex) / (lung.base - lung.apex);
  const breadth = breadthAt(widest, down);
  const inset = insetAt(down);
  const dome = lung.dome / (lung.base - lung.apex);
  const shareAt = (x: number): number => {
    if (down <= 0) return 0;
    const outward = (x - medial) * side - inset;
    const edge = Math.min(outward, breadth - outward);
    if (edge <= -0.01) return 0;
    // Down to the diaphragm: a dome, with the angle between it and the ribs at its side.
    const diaphragm = 1 - dome * Math.max(0, 1 - ((outward / breadth - 0.42) / 0.58) ** 2);
    return ramp(-0.01, 0.015, edge) * ramp(0.012, -0.012, down - diaphragm);
  };
  return { y, down, acrossAt: (x) => ((x - medial) * side - inset) / breadth, shareAt };
}

/** The place in a film of a place in a lung, given as LungRow counts across and down. */
export function placeIn(lung: Lung, { across, down }: { across: number; down: number }): Place {
  return [lung.medial + lung.side * (insetAt(down) + across * breadthAt(lung.breadth, down)), lung.apex + down * (lung.base - lung.apex)];
}

/** A lung drawn back towards its hilum, as by air around it; `share` of its size is left. */
export function shrink(lung: Lung, share: number): Lung {
  return { ...lung, breadth: lung.breadth * share, apex: lung.hilum[1] - (lung.hilum[1] - lung.apex) * share };
}

/** The part of the film outside of which a lung has no share. */
export function boxOf(lung: Lung): Box {
  const far = lung.medial + lung.side * (lung.breadth + 0.05);
  const near = lung.medial - lung.side * 0.03;
  return { left: Math.min(far, near), right: Math.max(far, near), top: lung.apex, bottom: lung.base + 0.04 };
}

// The lateral wall: narrow at the apex, near its full breadth from a third of the way down.
function breadthAt(widest: number, down: number): number {
  const up = 1 - Math.min(1, Math.max(0, down));
  return widest * Math.sqrt(1 - 0.99 * up ** 2.6);
}

function insetAt(down: number): number {
  return 0.015 + 0.02 * (1 - Math.min(1, Math.max(0, down))) ** 2;
}
