import { hasBothLabels } from './ranking.ts';
import type { Ranking } from './ranking.ts';

/**
 * Area under the ROC curve, 0 to 1: the share of pairs (positive, negative) in the right order, ties counting half
 * (Mann-Whitney U with mid-ranks). Null where only one label occurs.
 */
export function auc(ranking: Ranking): number | null {
  if (!hasBothLabels(ranking)) return null;
  return resampledAuc(packFilms(ranking, () => 0), Int32Array.of(1));
}

/**
 * The films of a ranking for `resampledAuc`, one 32-bit number each, since it is read once a film and resample:
 * patient (30 bits) | positive (1 bit) | last of a run of equal scores (1 bit).
 */
export function packFilms(ranking: Ranking, patientOf: (item: number) => number): Int32Array {
  const packed = Int32Array.from(ranking.items, (item, i) => (patientOf(item) << 2) | ((ranking.positive[i] ?? 0) << 1));
  for (const end of ranking.tieEnds) packed[end - 1] = (packed[end - 1] ?? 0) | 1;
  return packed;
}

/** AUC where each film counts as often as its patient was drawn (`times`, by patient). NaN where only one label was drawn. */
export function resampledAuc(films: Int32Array, times: Int32Array): number {
  let [negativesBelow, positivesBelow, pairs] = [0, 0, 0];
  let [positives, negatives] = [0, 0];
  for (let i = 0; i < films.length; i++) {
    const film = films[i] ?? 0;
    const drawn = times[film >> 2] ?? 0;
    // Without a branch, which half the films would mispredict: drawn where the film is positive, else 0.
    const drawnPositive = drawn & -((film >> 1) & 1);
    positives += drawnPositive;
    negatives += drawn - drawnPositive;
    if ((film & 1) === 0) continue;
    pairs += positives * (negativesBelow + negatives / 2);
    negativesBelow += negatives;
    positivesBelow += positives;
    positives = 0;
    negatives = 0;
  }
  return pairs / (positivesBelow * negativesBelow);
}
