import { judgeFilms } from './judge-films.ts';
import type { Scored } from './judge-films.ts';
import type { FilmPrediction, ReportInput } from './report-input.ts';
import type { Report } from './report-schema.ts';

/** AUC per study, beside published figures; null where the data set has no studies. */
export function judgeStudies({ films, observations, training: { seed } }: Pick<ReportInput, 'films' | 'observations' | 'training'>): Report['perStudy'] {
  const studies = groupByStudy(films, observations.length);
  if (studies === null) return null;
  const judgement = judgeFilms(studies, observations, seed);
  return {
    studies: studies.length,
    macro: judgement.macro,
    observations: judgement.observations.map(({ ranking: { observation, positives, negatives }, ...area }) => ({ observation, positives, negatives, ...area })),
  };
}

/**
 * One entry a study, its scores the mean of its films', as published CheXpert figures are counted. Null where a film
 * has no study. A label is present when any film has it, else uncertain when any film's is.
 */
function groupByStudy(films: readonly FilmPrediction[], observations: number): Scored[] | null {
  const studies = new Map<string, FilmPrediction[]>();
  for (const film of films) {
    if (film.study === null) return null;
    const views = studies.get(film.study);
    if (views === undefined) studies.set(film.study, [film]);
    else views.push(film);
  }
  const positions = Array.from({ length: observations }, (_, i) => i);
  return [...studies.values()].map((views) => ({
    patient: views[0]?.patient ?? '',
    labels: positions.map((i) => studyLabel(views.map((film) => film.labels[i] ?? 2))),
    scores: positions.map((i) => views.reduce((sum, film) => sum + (film.scores[i] ?? NaN), 0) / views.length),
  }));
}

function studyLabel(labels: readonly number[]): number {
  if (labels.includes(1)) return 1;
  return labels.includes(2) ? 2 : 0;
}
