import { hasBothLabels } from './ranking.ts';
import type { Ranking } from './ranking.ts';

/** A point of the ROC curve: films with score >= `threshold` are called positive. */
export interface RocPoint {
  /** Infinity at the point (0, 0), where no film is called positive. */
  readonly threshold: number;
  /** Share of the negatives called positive, 1 - specificity. */
  readonly falsePositiveRate: number;
  /** Recall. */
  readonly truePositiveRate: number;
}

/** The curve from (0, 0) to (1, 1), one point a distinct score; points on a straight line are kept. Empty where only one label occurs. */
export function rocCurve(ranking: Ranking): RocPoint[] {
  if (!hasBothLabels(ranking)) return [];
  const points: RocPoint[] = [{ threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 }];
  let truePositives = 0;
  for (let tie = ranking.tieEnds.length - 1; tie >= 0; tie--) {
    const start = ranking.tieEnds[tie - 1] ?? 0;
    const end = ranking.tieEnds[tie] ?? 0;
    for (let i = start; i < end; i++) truePositives += ranking.positive[i] ?? 0;
    points.push({
      threshold: ranking.scores[start] ?? 0,
      falsePositiveRate: (ranking.items.length - start - truePositives) / ranking.negatives,
      truePositiveRate: truePositives / ranking.positives,
    });
  }
  return points;
}
