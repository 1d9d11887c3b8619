import type { Random } from '../../random/random.ts';
import { ramp } from './canvas.ts';
import type { Canvas } from './canvas.ts';
import type { Chest } from './chest.ts';
import type { DrawnLung } from './lung.ts';

/** What a sign is drawn on. */
export interface Drawing {
  readonly canvas: Canvas;
  readonly chest: Chest;
  readonly lungs: readonly DrawnLung[];
}

/** How a film shows a finding of a severity above 0 and up to 1. */
export interface Sign {
  /** The chest as the finding changes it, before anything is drawn. */
  readonly shape?: (chest: Chest, severity: number, random: Random) => Chest;
  /** Drawn over soft tissue and below the bones. */
  readonly soft?: (drawing: Drawing, severity: number, random: Random) => void;
  /** Drawn over the bones. */
  readonly hard?: (drawing: Drawing, severity: number, random: Random) => void;
}

/** How clearly a sign shows, 0 to 1: what reports are unsure of, and more so what they do not mention, is faint. */
export function clarityOf(severity: number): number {
  return ramp(0, 0.3, severity) * (0.8 + 0.2 * severity);
}

/** One of the lungs, or the only one of a lateral film. */
export function pickLung<T>(lungs: readonly T[], random: Random): readonly T[] {
  const chosen = random.below(lungs.length);
  return lungs.slice(chosen, chosen + 1);
}
