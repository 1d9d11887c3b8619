import type { Ranking } from './ranking.ts';

/** Brier score: mean squared distance between probability and label, 0 (perfect) to 1. Null without films. */
export function brier(ranking: Ranking): number | null {
  if (ranking.items.length === 0) return null;
  let sum = 0;
  ranking.scores.forEach((score, i) => {
    sum += (score - (ranking.positive[i] ?? 0)) ** 2;
  });
  return sum / ranking.items.length;
}
