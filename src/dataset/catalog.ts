import { observations } from '../api/observations.ts';
import type { Film, Label } from './films.ts';
import { openRandom, shuffle } from '../random/random.ts';
import { patientsOf } from './split.ts';
import type { Splits } from './split.ts';

const filmsOfShard = 256;

/** A split in the order of its shards, and what is in it. */
export interface CatalogSplit {
  readonly shards: readonly (readonly Film[])[];
  readonly films: number;
  readonly patients: number;
  /** Films whose label is 1, by label. */
  readonly positives: readonly number[];
  /** Films whose label is -1 in the table, by label. */
  readonly uncertain: readonly number[];
}

/**
 * Shuffles each split by the seed and cuts it into min(`shards`, films / 256 rounded up) shards, whose sizes differ by
 * one film at most. The order is that of the shards, one after another.
 */
export function arrangeFilms(splits: Splits, { shards, seed }: { shards: number; seed: number }): Record<'train' | 'valid', CatalogSplit> {
  const arrange = (split: 'train' | 'valid'): CatalogSplit => {
    const films = splits[split];
    return {
      shards: cut(shuffle(films, openRandom(seed, `shuffle ${split}`)), Math.min(shards, Math.ceil(films.length / filmsOfShard))),
      films: films.length,
      patients: patientsOf(films).size,
      positives: countLabels(films, 1),
      uncertain: countLabels(films, 2),
    };
  };
  return { train: arrange('train'), valid: arrange('valid') };
}

function cut<T>(items: readonly T[], parts: number): T[][] {
  const start = (part: number) => Math.floor((part * items.length) / parts);
  return Array.from({ length: parts }, (_, part) => items.slice(start(part), start(part + 1)));
}

function countLabels(films: readonly Film[], label: Label): number[] {
  const counts = observations.map(() => 0);
  for (const film of films) {
    film.labels.forEach((value, index) => {
      if (value === label) counts[index] = (counts[index] ?? 0) + 1;
    });
  }
  return counts;
}
