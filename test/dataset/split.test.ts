import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Film } from '../../src/dataset/films.ts';
import { countShared, splitByPatient } from '../../src/dataset/split.ts';
import type { Splits } from '../../src/dataset/split.ts';
import { aFilm } from './a-film.ts';

/** Three films of each patient. */
function filmsOf(patients: number, prefix = 'p'): Film[] {
  return Array.from({ length: 3 * patients }, (_, index) => aFilm({ path: `${prefix}${index}.jpg`, patient: `${prefix}${index % patients}` }));
}

function pathsOf(films: readonly Film[]): string[] {
  return films.map(({ path }) => path).sort();
}

function patientsOf(films: readonly Film[]): Set<string> {
  return new Set(films.map(({ patient }) => patient));
}

function assertWhole(before: Splits, after: Splits): void {
  assert.deepEqual(pathsOf([...after.train, ...after.valid]), pathsOf([...before.train, ...before.valid]));
  assert.equal(countShared(after), 0);
}

test('splitByPatient() holds out a tenth of the patients where there is no valid split', () => {
  const given = { train: filmsOf(50), valid: [] };
  const split = splitByPatient(given, { seed: 1 });
  assertWhole(given, split);
  assert.equal(patientsOf(split.valid).size, 5);
});

test('splitByPatient() leaves a given valid split as it is', () => {
  const given = { train: filmsOf(50), valid: filmsOf(2, 'v') };
  assert.deepEqual(splitByPatient(given, { seed: 1 }), given);
});

test('splitByPatient() adds the asked share of train’s patients to a given valid split', () => {
  const given = { train: filmsOf(50), valid: filmsOf(2, 'v') };
  const split = splitByPatient(given, { validationFraction: 0.3, seed: 1 });
  assertWhole(given, split);
  assert.equal(patientsOf(split.valid).size, 2 + 15);
});

test('splitByPatient() chooses by the seed alone, whatever the order of the films', () => {
  const films = filmsOf(50);
  const validOf = (train: Film[], seed: number) => pathsOf(splitByPatient({ train, valid: [] }, { seed }).valid);
  assert.deepEqual(validOf(films.toReversed(), 1), validOf(films, 1));
  assert.notDeepEqual(validOf(films, 2), validOf(films, 1));
});

test('splitByPatient() holds out one patient at least and leaves one for training', () => {
  const held = (patients: number, validationFraction: number) => patientsOf(splitByPatient({ train: filmsOf(patients), valid: [] }, { validationFraction, seed: 1 }).valid).size;
  assert.equal(held(3, 0.01), 1);
  assert.equal(held(3, 0.99), 2);
  assert.equal(held(1, 0.5), 0);
  assert.equal(held(0, 0.5), 0);
});

test('splitByPatient() keeps a patient whom the data set has in both splits in both, and countShared() counts them', () => {
  const given = { train: filmsOf(4), valid: [aFilm({ path: 'v.jpg', patient: 'p0' })] };
  assert.deepEqual(splitByPatient(given, { seed: 1 }), given);
  assert.equal(countShared(given), 1);
});
