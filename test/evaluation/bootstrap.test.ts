import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auc } from '../../src/evaluation/auc.ts';
import { bootstrapAuc, bootstrapPair, percentile } from '../../src/evaluation/bootstrap.ts';
import { openRandom } from '../../src/random/random.ts';
import { rank } from '../../src/evaluation/ranking.ts';

interface Films {
  readonly labels: readonly (readonly number[])[];
  readonly scores: readonly (readonly number[])[];
  readonly patients: Uint32Array;
}

/** Two observations, one to three films a patient; the more `noise`, the worse the scores. */
function someFilms({ seed = 1, patients = 40, noise = 1 } = {}): Films {
  const draw = openRandom(seed, 'patients').below;
  const films = Array.from({ length: patients }, (_, patient) => Array.from({ length: 1 + draw(3) }, () => patient)).flat();
  const labels = [0, 1].map((observation) => films.map(() => (draw(3 + observation) === 0 ? 1 : 0)));
  const scores = labels.map((column) => column.map((label) => label * 0.3 + (noise * draw(1000)) / 1000));
  return { labels, scores, patients: Uint32Array.from(films) };
}

const rankingsOf = ({ labels, scores }: Films) => labels.map((column, i) => rank(column, scores[i]!));

test('bootstrapAuc() gives what sorting every resample of patients anew gives', () => {
  const films = someFilms();
  const draw = openRandom(5, 'patients').below;
  const patients = Math.max(...films.patients) + 1;
  const rows = Array.from({ length: 60 }, () => {
    const drawn = Array.from({ length: patients }, () => draw(patients)).flatMap((patient) => [...films.patients.keys()].filter((film) => films.patients[film] === patient));
    return films.labels.map((column, i) => auc(rank(drawn.map((film) => column[film]!), drawn.map((film) => films.scores[i]![film]!)))!);
  });
  const ends = (values: number[]) => ({ low: percentile(Float64Array.from(values).sort(), 2.5), high: percentile(Float64Array.from(values).sort(), 97.5) });
  const found = bootstrapAuc(rankingsOf(films), { seed: 5, resamples: 60, patients: films.patients });
  assertNear(found.auc[0], ends(rows.map(([first]) => first!)));
  assertNear(found.auc[1], ends(rows.map(([, second]) => second!)));
  assertNear(found.macro, ends(rows.map(([first, second]) => (first! + second!) / 2)));
});

test('bootstrapAuc() takes patients whole: the same films twice make no interval narrower', () => {
  const films = someFilms();
  const twice = { labels: films.labels.map((c) => [...c, ...c]), scores: films.scores.map((c) => [...c, ...c]), patients: Uint32Array.from([...films.patients, ...films.patients]) };
  const options = { seed: 9, resamples: 200 };
  const once = bootstrapAuc(rankingsOf(films), { ...options, patients: films.patients });
  const both = bootstrapAuc(rankingsOf(twice), { ...options, patients: twice.patients });
  assertNear(both.auc[0], once.auc[0]!);
  const asOwnPatients = bootstrapAuc(rankingsOf(twice), { ...options, patients: Uint32Array.from(twice.patients.keys()) });
  assert.ok(width(asOwnPatients.auc[0]!) < 0.85 * width(once.auc[0]!), 'films taken singly would look like twice the evidence');
});

test('bootstrapAuc() contains the true AUC in about 95 of 100 data sets', () => {
  // Scores are uniform on 0 to 1 and, with the observation, on 0.3 to 1.3: the true AUC is 1 - 0.7^2 / 2.
  const truth = 1 - 0.7 ** 2 / 2;
  const hits = Array.from({ length: 200 }, (_, seed) => {
    const films = someFilms({ seed, patients: 60 });
    const { low, high } = bootstrapAuc(rankingsOf(films), { seed, resamples: 200, patients: films.patients }).auc[0]!;
    return low <= truth && truth <= high;
  }).filter(Boolean).length;
  assert.ok(hits >= 178 && hits <= 199, `${hits} of 200`);
});

test('bootstrapPair() finds no difference between a model and itself, and one between a good and a bad model', () => {
  const [good, bad] = [someFilms({ noise: 0.6 }), someFilms({ noise: 3 })];
  const options = { seed: 3, resamples: 400, patients: good.patients };
  const same = bootstrapPair(rankingsOf(good), rankingsOf(good), options);
  assert.deepEqual(same.difference.macro, { low: 0, high: 0 });
  const different = bootstrapPair(rankingsOf(good), rankingsOf(bad), options);
  assert.ok(different.difference.macro!.low > 0, JSON.stringify(different.difference.macro));
  assert.deepEqual(different.auc, same.auc, 'the intervals of our model do not depend on the other');
});

test('bootstrapAuc() is null for an observation with one label and leaves it out of the macro', () => {
  const films = someFilms();
  const [first] = rankingsOf(films);
  const none = rank(films.patients.map(() => 0), films.scores[0]!);
  const found = bootstrapAuc([first!, none], { seed: 1, resamples: 100, patients: films.patients });
  assert.equal(found.auc[1], null);
  assert.deepEqual(found.macro, found.auc[0]);
  assert.deepEqual(bootstrapAuc([rank([], [])], { seed: 1, resamples: 10, patients: new Uint32Array() }), { auc: [null], macro: null });
});

test('bootstrapAuc() of 14 observations on 234 films with 2,000 resamples takes less than 2 s of processor time', () => {
  const films = someFilms({ patients: 120 });
  const rankings = Array.from({ length: 7 }, () => rankingsOf(films)).flat();
  const start = process.cpuUsage();
  bootstrapAuc(rankings, { seed: 1, resamples: 2000, patients: films.patients });
  const { user, system } = process.cpuUsage(start);
  assert.ok(user + system < 2e6, `${(user + system) / 1000} ms`);
});

function assertNear(actual: { low: number; high: number } | null | undefined, expected: { low: number; high: number }): void {
  assert.ok(actual != null && Math.abs(actual.low - expected.low) < 1e-12 && Math.abs(actual.high - expected.high) < 1e-12, `${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

function width({ low, high }: { low: number; high: number }): number {
  return high - low;
}
