import type { Film } from './films.ts';
import { openRandom, shuffle } from '../random/random.ts';

export interface Splits {
  readonly train: readonly Film[];
  readonly valid: readonly Film[];
}

/**
 * Holds films out for validation, always whole patients, the same for the same seed whatever the order of the films.
 * A given valid split stays as it is; where there is none, or where a fraction is asked for, that share of train's
 * patients (0.1 unless told) moves from train to valid, at least one and never the last. A patient whom the data set
 * itself has in both splits stays in both: its splits are published, and results are compared by them.
 */
export function splitByPatient(given: Splits, { validationFraction, seed }: { validationFraction?: number | undefined; seed: number }): Splits {
  if (given.valid.length > 0 && validationFraction === undefined) return given;
  const patients = [...patientsOf(given.train)].sort();
  const count = Math.min(patients.length - 1, Math.max(1, Math.round(patients.length * (validationFraction ?? 0.1))));
  const heldOut = new Set(shuffle(patients, openRandom(seed, 'split')).slice(0, Math.max(0, count)));
  return {
    train: given.train.filter((film) => !heldOut.has(film.patient)),
    valid: [...given.valid, ...given.train.filter((film) => heldOut.has(film.patient))],
  };
}

/** How many patients have films in both splits. */
export function countShared({ train, valid }: Splits): number {
  const trained = patientsOf(train);
  return [...patientsOf(valid)].filter((patient) => trained.has(patient)).length;
}

export function patientsOf(films: readonly Film[]): Set<string> {
  return new Set(films.map(({ patient }) => patient));
}
