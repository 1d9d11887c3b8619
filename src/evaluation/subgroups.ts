import type { FilmPrediction } from './report-input.ts';
import { judgeFilms, meanOfKnown } from './judge-films.ts';
import type { Judgement } from './judge-films.ts';
import type { Report } from './report-schema.ts';

type Subgroup = Report['subgroups'][number];

/** A bootstrap of fewer patients than this draws nearly the same ones each time: its interval would be far too narrow. */
export const fewestPatients = 10;

/** Groups of an attribute, in the order they are shown; a film without the attribute is in none. */
const attributes: Readonly<Record<Subgroup['attribute'], (film: FilmPrediction) => string | null>> = {
  sex: (film) => film.sex,
  age: ({ age }) => (age === null ? null : ageBand(age)),
  projection: (film) => film.projection,
  view: (film) => film.view,
};

/**
 * Macro AUC by sex, age, projection and view, for attributes that divide the films. A group's macro counts only the
 * observations with both labels in it, so `aucOfAll` gives the figure of all films over those same observations. A group of few patients has no interval.
 */
export function judgeSubgroups(films: readonly FilmPrediction[], all: Judgement, seed: number): Subgroup[] {
  return (Object.keys(attributes) as Subgroup['attribute'][]).flatMap((attribute) => {
    const groups = Object.entries(Object.groupBy(films, (film) => attributes[attribute](film) ?? '')).filter(([group]) => group !== '');
    if (groups.length < 2) return [];
    return groups
      .sort(([a], [b]) => order(a) - order(b) || (a < b ? -1 : 1))
      .map(([group, members = []]) => judgeGroup({ attribute, group, members }, all, seed));
  });
}

function judgeGroup(of: { attribute: Subgroup['attribute']; group: string; members: FilmPrediction[] }, all: Judgement, seed: number): Subgroup {
  const { macro, observations } = judgeFilms(of.members, all.observations.map(({ ranking }) => ranking.observation), seed);
  const patients = new Set(of.members.map(({ patient }) => patient)).size;
  const sameOfAll = all.observations.map(({ auc }, i) => (observations[i]?.auc == null ? null : auc));
  return {
    attribute: of.attribute,
    group: of.group,
    films: of.members.length,
    patients,
    ...macro,
    ...(patients < fewestPatients && { aucLow: null, aucHigh: null }),
    aucOfAll: meanOfKnown(sameOfAll).mean,
  };
}

const bands = ['under 40', '40 to 59', '60 to 79', '80 and over'] as const;

function ageBand(years: number): (typeof bands)[number] {
  if (years < 40) return 'under 40';
  if (years < 60) return '40 to 59';
  return years < 80 ? '60 to 79' : '80 and over';
}

/** Ages ascend; other groups stand by name. */
function order(group: string): number {
  return bands.findIndex((band) => band === group);
}
