import type { Observation } from '../api/observations.ts';
import { auc } from './auc.ts';
import { bootstrapAuc } from './bootstrap.ts';
import type { AucIntervals, Interval, Resampling } from './bootstrap.ts';
import { rank } from './ranking.ts';
import type { Ranking } from './ranking.ts';

/** A film, or anything else with a patient that was given a score for each observation. */
export interface Scored {
  readonly patient: string;
  /** 0, 1, or 2 = uncertain, by observation. */
  readonly labels: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
}

export interface RankedObservation extends Ranking {
  readonly observation: Observation;
}

/** An AUC and its 95 % interval; null where only one label occurs. */
export interface JudgedAuc {
  readonly auc: number | null;
  readonly aucLow: number | null;
  readonly aucHigh: number | null;
}

export interface Judgement {
  readonly observations: readonly (JudgedAuc & { readonly ranking: RankedObservation })[];
  /** Mean over the observations with both labels, and how many those are. */
  readonly macro: JudgedAuc & { readonly observations: number };
}

/** Resamples of every bootstrap. */
export const resamples = 2000;

/** AUC of every observation and their mean, with patient bootstrap intervals. */
export function judgeFilms(films: readonly Scored[], observations: readonly Observation[], seed: number): Judgement {
  const rankings = rankFilms(films, observations);
  return judgeRankings(rankings, bootstrapAuc(rankings, resamplingOf(films, seed)));
}

/** One ranking an observation. */
export function rankFilms(films: readonly Scored[], observations: readonly Observation[]): RankedObservation[] {
  return observations.map((observation, i) => {
    const labels = films.map((film) => film.labels[i] ?? NaN);
    const scores = films.map((film) => film.scores[i] ?? NaN);
    return { observation, ...rank(labels, scores) };
  });
}

/** Which patients a bootstrap over these films draws. */
export function resamplingOf(films: readonly Scored[], seed: number): Resampling {
  const numbers = new Map<string, number>();
  const patients = Uint32Array.from(films, ({ patient }) => {
    const number = numbers.get(patient) ?? numbers.size;
    numbers.set(patient, number);
    return number;
  });
  return { seed, resamples, patients };
}

/** The AUCs of rankings beside the intervals that were found for them. */
export function judgeRankings(rankings: readonly RankedObservation[], intervals: AucIntervals): Judgement {
  const observations = rankings.map((ranking, i) => ({ ranking, ...withInterval(auc(ranking), intervals.auc[i] ?? null) }));
  const macro = meanOfKnown(observations.map((one) => one.auc));
  return { observations, macro: { ...withInterval(macro.mean, intervals.macro), observations: macro.known } };
}

/** Mean of what is known, and how many that are; null where nothing is. */
export function meanOfKnown(values: readonly (number | null)[]): { readonly mean: number | null; readonly known: number } {
  const known = values.filter((value) => value !== null);
  return { mean: known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length, known: known.length };
}

function withInterval(area: number | null, interval: Interval | null): JudgedAuc {
  return { auc: area, aucLow: interval?.low ?? null, aucHigh: interval?.high ?? null };
}
