import type { Random } from '../../random/random.ts';
import { paint, paintEllipse, ramp, stroke, wholeFilm } from './canvas.ts';
import type { Canvas, Place } from './canvas.ts';
import type { Chest, Lung } from './chest.ts';
import { paintLung, placeIn } from './lung.ts';
import type { DrawnLung } from './lung.ts';

/** Brightness of what a film shows, before exposure. */
export const levels = { air: 0.04, lung: 0.16, soft: 0.6, heart: 0.74, callus: 0.95, metal: 1.05 } as const;

/** Ribs that are drawn on each side. */
const ribs = 8;

/** Draws everything soft: trunk, lungs with their vessels, mediastinum and heart. */
export function drawSoftTissue(canvas: Canvas, { chest, lungs }: { chest: Chest; lungs: readonly DrawnLung[] }, random: Random): void {
  canvas.values.fill(levels.air);
  drawTrunk(canvas, chest);
  for (const lung of lungs) {
    paintLung(canvas, lung, levels.lung, () => () => 0.93);
    drawVessels(canvas, lung, random);
  }
  drawMediastinum(canvas, chest);
}

/** Draws spine, ribs and collar bones. */
export function drawBones(canvas: Canvas, chest: Chest): void {
  const level = levels.soft + chest.bone;
  for (const lung of chest.lungs) {
    for (let rib = 0; rib < ribs; rib++) {
      stroke(canvas, backOfRib(lung, rib), { thickness: 0.027, level, opacity: 0.36 });
      if (rib < ribs - 3) stroke(canvas, frontOfRib(lung, rib), { thickness: 0.029, level, opacity: 0.15 });
    }
  }
  drawSpine(canvas, chest, level);
  if (chest.view === 'lateral') return;
  for (const side of [-1, 1]) {
    const collarBone: Place[] = [[chest.spine + side * 0.05, 0.165], [chest.spine + side * 0.2, 0.135], [chest.spine + side * 0.39, 0.085]];
    stroke(canvas, collarBone, { thickness: 0.034, level, opacity: 0.45 });
  }
}

/** A place on the back of a rib, which runs from the spine outward, a little up, then down to the side of the chest. */
export function ribAt(lung: Lung, { rib, across }: { rib: number; across: number }): Place {
  const start = 0.09 + (rib * 0.84) / ribs;
  return placeIn(lung, { across, down: start - 0.05 * Math.sin(2.2 * Math.max(0, across)) + 0.13 * across ** 3 });
}

function backOfRib(lung: Lung, rib: number): Place[] {
  return [-0.08, 0.1, 0.25, 0.4, 0.55, 0.7, 0.83, 0.93, 1.01].map((across) => ribAt(lung, { rib, across }));
}

/** The fainter part of a rib that returns along the front, steeply down. */
function frontOfRib(lung: Lung, rib: number): Place[] {
  const start = 0.16 + (rib * 0.86) / ribs;
  return [1.01, 0.9, 0.75, 0.6, 0.45, 0.35].map((across) => placeIn(lung, { across, down: start + 0.24 * (1 - across) ** 0.9 }));
}

function drawTrunk(canvas: Canvas, chest: Chest): void {
  const isFrontal = chest.view === 'frontal';
  const middle = isFrontal ? chest.spine : chest.spine - 0.29;
  const neck = isFrontal ? 0.13 : 0.17;
  paint(canvas, {
    box: wholeFilm,
    level: levels.soft,
    opacity: (y) => {
      // Narrow at the neck, wide at the shoulders, a little narrower below the arms.
      const half = neck + (chest.trunk - neck) * ramp(-0.02, 0.17, y) - 0.025 * ramp(0.2, 0.5, y) + 0.02 * ramp(0.6, 1, y);
      return (x) => ramp(0.02, -0.03, Math.abs(x - middle) - half);
    },
  });
  // The belly below the diaphragm is thicker than the chest.
  paint(canvas, {
    box: { ...wholeFilm, top: 0.6 },
    level: levels.heart,
    opacity: (y) => (x) => 0.75 * ramp(0.6, 0.85, y) * ramp(0.02, -0.05, Math.abs(x - middle) - chest.trunk),
  });
}

function drawVessels(canvas: Canvas, { lung, mask }: DrawnLung, random: Random): void {
  const [x, y] = lung.hilum;
  paintEllipse(canvas, { x, y, radiusX: 0.045, radiusY: 0.07, softness: 0.9 }, { level: levels.soft, opacity: 0.45 });
  for (let vessel = 0; vessel < 22; vessel++) {
    const end = placeIn(lung, { across: random.uniform(0.15, 0.92), down: random.uniform(0.12, 0.97) });
    const bend = 0.03 * random.normal();
    const middle: Place = [(x + end[0]) / 2 + bend, (y + end[1]) / 2 - bend];
    stroke(canvas, [lung.hilum, middle], { thickness: 0.014, level: levels.soft, opacity: 0.2, within: mask });
    stroke(canvas, [middle, end], { thickness: 0.009, level: levels.soft, opacity: 0.18, within: mask });
  }
}

function drawMediastinum(canvas: Canvas, { view, mediastinum, heart }: Chest): void {
  const { x: middle, halfWidth } = mediastinum;
  paint(canvas, {
    box: { left: middle - halfWidth - 0.06, right: middle + halfWidth + 0.06, top: 0, bottom: 0.86 },
    level: levels.heart,
    opacity: (y) => {
      const opacity = (view === 'frontal' ? 0.95 : 0.55) * ramp(0.86, 0.72, y) * ramp(0, 0.12, y);
      const knob = 0.012 * ramp(0.3, 0.36, y) * ramp(0.45, 0.36, y);
      const half = halfWidth + knob + 0.02 * ramp(0.15, 0.02, y);
      return (x) => opacity * ramp(0.012, -0.012, Math.abs(x - middle) - half);
    },
  });
  paintEllipse(canvas, { ...heart, softness: 0.09, radians: 0.45 }, { level: levels.heart, opacity: 0.95 });
  // The windpipe is a dark stripe.
  stroke(canvas, [[middle, 0.02], [middle, 0.36]], { thickness: 0.032, level: levels.lung, opacity: 0.3 });
}

function drawSpine(canvas: Canvas, chest: Chest, level: number): void {
  paint(canvas, {
    box: { left: chest.spine - 0.05, right: chest.spine + 0.05, top: chest.view === 'frontal' ? 0 : 0.15, bottom: 1 },
    level,
    opacity: (y) => {
      const disc = 0.65 + 0.35 * ramp(0.05, 0.3, Math.abs(Math.sin(Math.PI * y * 16)));
      return (x) => 0.24 * disc * ramp(0.01, -0.01, Math.abs(x - chest.spine) - 0.034);
    },
  });
}
