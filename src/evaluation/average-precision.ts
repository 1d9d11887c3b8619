import { hasBothLabels } from './ranking.ts';
import type { Ranking } from './ranking.ts';

/**
 * Average precision, 0 to 1: the sum over thresholds of (gain in recall) x precision, in steps, not by trapezoids
 * (scikit-learn's definition). Null where only one label occurs.
 */
export function averagePrecision(ranking: Ranking): number | null {
  if (!hasBothLabels(ranking)) return null;
  const { positive, tieEnds, items } = ranking;
  let found = 0;
  let sum = 0;
  for (let tie = tieEnds.length - 1; tie >= 0; tie--) {
    const start = tieEnds[tie - 1] ?? 0;
    const end = tieEnds[tie] ?? 0;
    let gained = 0;
    for (let i = start; i < end; i++) gained += positive[i] ?? 0;
    found += gained;
    sum += (gained / ranking.positives) * (found / (items.length - start));
  }
  return sum;
}
