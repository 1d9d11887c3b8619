import type { Random } from '../../random/random.ts';
import type { Place } from './canvas.ts';

/** One lung as it lies on a film: between a medial and a lateral edge, from its apex to its diaphragm. */
export interface Lung {
  /** Which way from `medial` its lateral edge lies: -1 left on the film, 1 right. */
  readonly side: -1 | 1;
  /** x of the medial edge at the base. */
  readonly medial: number;
  /** Greatest distance of the lateral edge from the medial one, in widths. */
  readonly breadth: number;
  /** y of the apex and of the lowest point of the base. */
  readonly apex: number;
  readonly base: number;
  /** How far the diaphragm's dome rises above the base, in heights. */
  readonly dome: number;
  readonly hilum: Place;
}

/** The chest of a person as a film shows it; a sign may change it before it is drawn. */
export interface Chest {
  readonly view: 'frontal' | 'lateral';
  /** x of the spine's middle. */
  readonly spine: number;
  readonly lungs: readonly Lung[];
  readonly heart: { readonly x: number; readonly y: number; readonly radiusX: number; readonly radiusY: number };
  /** Half width of the mediastinum above the heart, and its middle. */
  readonly mediastinum: { readonly x: number; readonly halfWidth: number };
  /** Half width of the trunk at the height of the heart. */
  readonly trunk: number;
  /** How bright bone is above soft tissue. */
  readonly bone: number;
}

/** What stays the same in all films of a person: drawn once, each value a standard deviation or so from 0. */
export interface Body {
  readonly heart: number;
  readonly breadth: number;
  readonly length: number;
  readonly mediastinum: number;
  readonly trunk: number;
  readonly bone: number;
  readonly dome: number;
}

export function describeBody(random: Random): Body {
  const value = () => Math.max(-2, Math.min(2, random.normal()));
  return { heart: value(), breadth: value(), length: value(), mediastinum: value(), trunk: value(), bone: value(), dome: value() };
}

/** The chest of a body in a view; `random` moves it a little, as no two films are taken alike. */
export function poseChest(body: Body, view: Chest['view'], random: Random): Chest {
  const shift = 0.012 * random.normal();
  return view === 'frontal' ? frontalChest(body, random, shift) : lateralChest(body, random, shift);
}

function frontalChest(body: Body, random: Random, shift: number): Chest {
  const middle = 0.5 + shift;
  const breath = 0.01 * random.normal();
  const apex = 0.1 + 0.006 * body.length;
  const breadth = 0.315 + 0.012 * body.breadth;
  // The liver lifts the diaphragm on the left of the film.
  const lung = (side: -1 | 1): Lung => ({
    side,
    medial: middle + side * 0.05,
    breadth: side === 1 ? breadth : breadth + 0.008,
    apex,
    base: 0.8 + 0.018 * body.length + breath - (side === -1 ? 0.02 : 0),
    dome: 0.085 + 0.01 * body.dome,
    hilum: [middle + side * 0.1, 0.43 + 0.01 * body.length],
  });
  const radiusX = 0.15 + 0.009 * body.heart;
  return {
    view: 'frontal',
    spine: middle,
    lungs: [lung(-1), lung(1)],
    heart: { x: middle + 0.04, y: 0.645 + 0.012 * body.length + breath, radiusX, radiusY: 0.115 + 0.005 * body.heart },
    mediastinum: { x: middle, halfWidth: 0.058 + 0.004 * body.mediastinum },
    trunk: 0.49 + 0.015 * body.trunk,
    bone: 0.26 + 0.03 * body.bone,
  };
}

function lateralChest(body: Body, random: Random, shift: number): Chest {
  const spine = 0.8 + shift;
  const breath = 0.01 * random.normal();
  const breadth = 0.56 + 0.015 * body.breadth;
  return {
    view: 'lateral',
    spine,
    lungs: [{
      side: -1,
      medial: spine + 0.02,
      breadth,
      apex: 0.1 + 0.006 * body.length,
      base: 0.84 + 0.018 * body.length + breath,
      dome: 0.13 + 0.01 * body.dome,
      hilum: [spine - 0.3, 0.45 + 0.01 * body.length],
    }],
    heart: { x: spine - 0.36, y: 0.66 + 0.012 * body.length + breath, radiusX: 0.14 + 0.009 * body.heart, radiusY: 0.115 },
    mediastinum: { x: spine - 0.28, halfWidth: 0.05 + 0.004 * body.mediastinum },
    trunk: 0.42 + 0.015 * body.trunk,
    bone: 0.2 + 0.03 * body.bone,
  };
}
