import { rocCurve } from './roc-curve.ts';
import type { Ranking } from './ranking.ts';

/** Where a score becomes a finding: films with score >= `threshold` are called positive. */
export interface OperatingPoint {
  readonly threshold: number;
  readonly recall: number;
  readonly specificity: number;
}

/** Recall the threshold must reach: the study put recall first. */
export const recallWanted = 0.9;

/**
 * The highest threshold with recall >= 0.90 on these films. Recall and specificity at it are in-sample: the threshold
 * was chosen on the films it is judged by. Null where only one label occurs.
 */
export function chooseThreshold(ranking: Ranking): OperatingPoint | null {
  const point = rocCurve(ranking).find(({ truePositiveRate }) => truePositiveRate >= recallWanted);
  if (point === undefined) return null;
  return { threshold: point.threshold, recall: point.truePositiveRate, specificity: 1 - point.falsePositiveRate };
}
