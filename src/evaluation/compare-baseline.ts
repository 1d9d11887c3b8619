import { auc } from './auc.ts';
import { averagePrecision } from './average-precision.ts';
import type { AucIntervals, Interval } from './bootstrap.ts';
import { meanOfKnown, rankFilms } from './judge-films.ts';
import type { RankedObservation } from './judge-films.ts';
import type { HeadOutcome, ReportInput } from './report-input.ts';
import type { Report } from './report-schema.ts';

/** A model's rankings on the same films in the same order of observations. */
export interface ComparedRankings {
  readonly ours: readonly RankedObservation[];
  readonly baseline: readonly RankedObservation[];
  /** Intervals of (ours - baseline). */
  readonly difference: AucIntervals;
}

/** The features-only model beside the combined one: its own figures, and what ours adds, with paired intervals. */
export function compareBaseline(baseline: HeadOutcome, { ours, baseline: theirs, difference }: ComparedRankings): NonNullable<Report['baseline']> {
  const oursAuc = ours.map(auc);
  const macro = meanOfKnown(theirs.map(auc)).mean;
  return {
    ...headFigures(baseline),
    macro: {
      auc: macro,
      averagePrecision: meanOfKnown(theirs.map(averagePrecision)).mean,
      ...withEnds(minus(meanOfKnown(oursAuc).mean, macro), difference.macro),
    },
    observations: theirs.map((ranking, i) => {
      const area = auc(ranking);
      return { observation: ranking.observation, auc: area, ...withEnds(minus(oursAuc[i] ?? null, area), difference.auc[i] ?? null) };
    }),
  };
}

/** The rankings of the features-only model; null where none was trained. */
export function rankBaseline({ films, observations, baseline }: Pick<ReportInput, 'films' | 'observations' | 'baseline'>): RankedObservation[] | null {
  if (baseline === null) return null;
  const scored = films.map(({ patient, labels, baselineScores }) => ({ patient, labels, scores: baselineScores ?? [] }));
  return rankFilms(scored, observations);
}

/** What the report says of a trained head; its history of losses is only drawn. */
export function headFigures({ parameters, epochs, bestEpoch, loss }: HeadOutcome): Pick<HeadOutcome, 'parameters' | 'epochs' | 'bestEpoch' | 'loss'> {
  return { parameters, epochs, bestEpoch, loss };
}

function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}

function withEnds(difference: number | null, interval: Interval | null) {
  return { difference, differenceLow: interval?.low ?? null, differenceHigh: interval?.high ?? null };
}
