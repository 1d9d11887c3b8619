import { hasBothLabels } from './ranking.ts';
import type { Ranking } from './ranking.ts';
import { packFilms, resampledAuc } from './auc.ts';
import { openRandom } from '../random/random.ts';

/** Ends of a 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Intervals of AUC; lists follow the rankings. Null where no resample had both labels. */
export interface AucIntervals {
  readonly auc: readonly (Interval | null)[];
  readonly macro: Interval | null;
}

export interface PairedAucIntervals extends AucIntervals {
  /** Of (ours - the other model's), both judged on the same resamples. */
  readonly difference: AucIntervals;
}

export interface Resampling {
  readonly seed: number;
  readonly resamples: number;
  /** Patient of each film, 0 to patients - 1, by the film's position in the list the rankings came from. */
  readonly patients: Uint32Array;
}

/**
 * Patient-level percentile bootstrap: each resample draws as many patients as there are, with replacement, and all
 * films of a patient come with it, since films of one patient are alike. The macro AUC of a resample is the mean over
 * the observations that have both labels in it.
 */
export function bootstrapAuc(rankings: readonly Ranking[], resampling: Resampling): AucIntervals {
  return intervalsOf(resampledAucs(rankings, resampling));
}

/** The same for two models on the same films, with intervals of their difference; `other` in the order of `rankings`. */
export function bootstrapPair(rankings: readonly Ranking[], other: readonly Ranking[], resampling: Resampling): PairedAucIntervals {
  const ours = resampledAucs(rankings, resampling);
  const theirs = resampledAucs(other, resampling);
  const difference = ours.map((row, i) => row.map((value, j) => value - (theirs[i]?.[j] ?? NaN)));
  return { ...intervalsOf(ours), difference: intervalsOf(difference) };
}

/** AUC by ranking and resample; NaN where a resample lacks a label. The same seed draws the same patients. */
function resampledAucs(rankings: readonly Ranking[], { seed, resamples, patients }: Resampling): Float64Array[] {
  const packed = rankings.map((ranking) => packFilms(ranking, (item) => patients[item] ?? 0));
  const count = patients.reduce((most, patient) => Math.max(most, patient + 1), 0);
  const rows = rankings.map(() => new Float64Array(resamples).fill(NaN));
  const random = openRandom(seed, 'patients');
  const times = new Int32Array(count);
  for (let resample = 0; resample < resamples; resample++) {
    times.fill(0);
    for (let i = 0; i < count; i++) {
      const patient = random.below(count);
      times[patient] = (times[patient] ?? 0) + 1;
    }
    rankings.forEach((ranking, i) => {
      const [row, films] = [rows[i], packed[i]];
      if (row !== undefined && films !== undefined && hasBothLabels(ranking)) row[resample] = resampledAuc(films, times);
    });
  }
  return rows;
}

function intervalsOf(rows: readonly Float64Array[]): AucIntervals {
  const resamples = rows[0]?.length ?? 0;
  const macro = Float64Array.from({ length: resamples }, (_, resample) => meanOfDefined(rows.map((row) => row[resample] ?? NaN)));
  return { auc: rows.map(interval), macro: interval(macro) };
}

function interval(values: Float64Array): Interval | null {
  const defined = values.filter((value) => !Number.isNaN(value)).sort();
  return defined.length === 0 ? null : { low: percentile(defined, 2.5), high: percentile(defined, 97.5) };
}

/** The `percent`-th percentile of ascending values, linear between neighbours (numpy's default). */
export function percentile(ascending: Float64Array, percent: number): number {
  const position = ((ascending.length - 1) * percent) / 100;
  const below = ascending[Math.floor(position)] ?? NaN;
  const above = ascending[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position - Math.floor(position));
}

function meanOfDefined(values: readonly number[]): number {
  const defined = values.filter((value) => !Number.isNaN(value));
  return defined.reduce((sum, value) => sum + value, 0) / defined.length;
}
