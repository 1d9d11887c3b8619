import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { observations } from '../../src/api/observations.ts';
import { renderReport } from '../../src/evaluation/report-files.ts';
import type { ReportInput } from '../../src/evaluation/report-input.ts';
import { reportSchema } from '../../src/evaluation/report-schema.ts';
import type { Report } from '../../src/evaluation/report-schema.ts';
import { buildReport } from '../../src/evaluation/report.ts';
import { goldenInput } from './golden-input.ts';

const input = goldenInput();
const report = buildReport(input);
/** Where the predictions do not matter. */
const few: ReportInput = { ...input, films: input.films.slice(0, 20) };

test('buildReport() gives what the schema promises, the same each time, and JSON loses nothing of it', () => {
  const again = renderReport(goldenInput());
  assert.deepEqual(reportSchema.parse(JSON.parse(again.json)), report);
  assert.deepEqual(again.report, report);
});

test('buildReport() gives the committed figures for the golden predictions', () => {
  const figures = ({ macro, observations: [first], baseline, perStudy, subgroups }: Report) => ({ macro, first, baseline: baseline?.macro, perStudy: perStudy?.macro, subgroups });
  assert.deepEqual(figures(report), JSON.parse(readFileSync(new URL('../golden/report/figures.json', import.meta.url), 'utf8')));
});

test('buildReport() counts positives, negatives and uncertain films of each observation', () => {
  report.observations.forEach((judged, i) => {
    const labels = input.films.map((film) => film.labels[i]);
    const count = (label: number) => labels.filter((one) => one === label).length;
    assert.deepEqual([judged.positives, judged.negatives, judged.uncertain], [count(1), count(0), count(2)], judged.observation);
  });
});

test('buildReport() says null where an observation has one label, and leaves it out of the macro', () => {
  const none = report.observations.find(({ observation }) => observation === 'Pleural_Other')!;
  assert.equal(none.positives, 0);
  assert.deepEqual([none.auc, none.aucLow, none.aucHigh, none.averagePrecision, none.threshold, none.recall, none.specificity], new Array(7).fill(null));
  assert.equal(report.macro.observations, 13);
  const known = report.observations.flatMap(({ auc }) => auc ?? []);
  assert.ok(Math.abs(report.macro.auc! - known.reduce((sum, one) => sum + one, 0) / 13) < 1e-12);
});

test('buildReport() puts intervals around their figures, and the difference beside the two models', () => {
  for (const { auc, aucLow, aucHigh } of [report.macro, ...report.observations.filter((one) => one.auc !== null), ...report.subgroups]) {
    assert.ok(aucLow! <= auc! && auc! <= aucHigh!, `${aucLow} ${auc} ${aucHigh}`);
  }
  const { macro } = report.baseline!;
  assert.ok(Math.abs(report.macro.auc! - macro.auc! - macro.difference!) < 1e-12);
  assert.ok(macro.differenceLow! <= macro.difference! && macro.difference! <= macro.differenceHigh!);
  assert.ok(macro.difference! > 0, 'the golden baseline is noisier by construction');
});

test('buildReport() takes the mean of the films of a study', () => {
  const films = [
    { labels: [1], scores: [0.2], study: 'p1/study1', patient: 'p1' },
    { labels: [1], scores: [0.8], study: 'p1/study1', patient: 'p1' },
    { labels: [0], scores: [0.4], study: 'p2/study1', patient: 'p2' },
    { labels: [2], scores: [0.4], study: 'p3/study1', patient: 'p3' },
  ].map((film) => ({ ...input.films[0]!, ...film, baselineScores: null }));
  const { perStudy, observations: judged } = buildReport({ ...input, observations: ['Edema'], films, baseline: null });
  assert.equal(judged[0]!.auc, 0.5, 'by film one pair is right and one is wrong');
  assert.equal(perStudy!.observations[0]!.auc, 1, 'by study 0.5 stands against 0.4');
  assert.equal(perStudy!.studies, 3);
  const { perStudy: unknown } = buildReport({ ...few, films: few.films.map((film) => ({ ...film, study: null })) });
  assert.equal(unknown, null);
});

test('buildReport() judges the groups that divide the films, and only those', () => {
  assert.deepEqual(
    report.subgroups.map(({ attribute, group }) => `${attribute} ${group}`),
    ['sex Female', 'sex Male', 'age under 40', 'age 40 to 59', 'age 60 to 79', 'age 80 and over', 'projection AP', 'projection PA', 'view Frontal', 'view Lateral'],
  );
  const women = input.films.filter(({ sex }) => sex === 'Female');
  const alone = buildReport({ ...input, films: women });
  const { auc, aucLow, aucHigh, films, patients } = report.subgroups[0]!;
  assert.deepEqual({ auc, aucLow, aucHigh, films, patients }, { ...pickAuc(alone), films: women.length, patients: alone.intervals.patients });
  assert.ok(!alone.subgroups.some(({ attribute }) => attribute === 'sex'), 'one sex is no division');
  // Nine women, and of the men as many as there are.
  const nine = new Set([...new Set(women.map(({ patient }) => patient))].slice(0, 9));
  const [small, large] = buildReport({ ...input, films: input.films.filter(({ sex, patient }) => sex === 'Male' || nine.has(patient)) }).subgroups;
  assert.ok(small!.auc !== null && small!.patients === 9 && small!.aucLow === null && small!.aucHigh === null, 'too few patients for an interval');
  assert.ok(large!.aucLow !== null && large!.aucHigh !== null);
  const silent = buildReport({ ...few, films: few.films.map((film) => ({ ...film, sex: null, age: null, view: null, projection: null })) });
  assert.deepEqual(silent.subgroups, []);
});

test('buildReport() says the cost only when every part of it is known', () => {
  const priced = (cost: (i: number) => number | null): ReportInput => ({
    ...few,
    account: { ...few.account, currency: 'USD', priceSource: 'price table', priceDate: '2026-11-01', entries: input.account.entries.map((entry, i) => ({ ...entry, cost: cost(i) })) },
  });
  assert.equal(report.cost.spent, null);
  assert.equal(report.autoencoders[0]!.cost, null);
  assert.equal(buildReport(priced((i) => (i === 3 ? null : 1.5))).cost.spent, null);
  const full = buildReport(priced(() => 1.5));
  assert.equal(full.cost.spent, 1.5 * input.account.entries.length);
  assert.equal(buildReport(priced(() => 0.001154)).cost.spent, Number((0.001154 * input.account.entries.length).toFixed(6)), 'sums do not drift');
  assert.equal(JSON.stringify(buildReport(priced((i) => (i === 0 ? 0.1 : i === 1 ? 0.2 : 0))).cost.spent), '0.3');
  assert.equal(full.autoencoders[0]!.cost, 1.5);
  assert.equal(full.study.spentDollars.ours, full.cost.spent);
  assert.equal(buildReport({ ...few, account: { ...input.account, entries: [] } }).cost.spent, null);
});

test("buildReport() lays the study's table beside ours", () => {
  const { study } = report;
  assert.deepEqual(study.autoencoders.map(({ observation }) => observation), [...observations]);
  assert.ok(Math.abs(study.autoencoderHours.study - 183.18) < 0.01, String(study.autoencoderHours.study));
  const effusion = study.autoencoders.find(({ observation }) => observation === 'Pleural_Effusion')!;
  assert.deepEqual(effusion.study, { seconds: (38 * 60 + 56) * 60, trainError: 0.06739, validationError: 0.06729, imagesPerSecond: 492 });
  assert.equal(study.autoencoders.find(({ observation }) => observation === 'Fracture')!.ours, null);
  assert.equal(study.autoencoderHours.ours, null, 'two of the fourteen are missing here');
  const squared = buildReport({ ...few, autoencoders: input.autoencoders.map((one) => ({ ...one, lossKind: 'MeanSquaredError' as const })) });
  assert.equal(squared.study.autoencoders[0]!.ours!.trainError, null, 'a mean squared error does not stand beside a mean absolute one');
});

test("buildReport() sums what Pods held of GPUs beside the study's 183 hours, and knows nothing where a part is not known", () => {
  const held = (gpus: (i: number) => number | null) => buildReport({ ...few, account: { ...input.account, entries: input.account.entries.map((entry, i) => ({ ...entry, seconds: 1800, gpus: gpus(i) })) } });
  const { length } = input.account.entries;
  assert.deepEqual(held((i) => (i === 2 ? 4 : 1)).study.gpuHours, { study: 183, ours: 0.5 * (length + 3) });
  assert.equal(held(() => 0).study.gpuHours.ours, 0);
  assert.equal(held((i) => (i === 2 ? null : 1)).study.gpuHours.ours, null);
});

test('buildReport() counts attempts from the account, and does without one', () => {
  assert.equal(report.autoencoders.find(({ observation }) => observation === 'Edema')!.attempts, 2);
  const unknown = buildReport({ ...few, account: { ...input.account, entries: [] } });
  assert.equal(unknown.autoencoders[0]!.attempts, null);
});

test('buildReport() refuses predictions that are no numbers, naming the film', () => {
  const films = input.films.with(5, { ...input.films[5]!, scores: new Float32Array(14).fill(NaN) });
  assert.throws(() => buildReport({ ...input, films }), { message: 'Cannot rank films: film 5 has the score NaN' });
});

function pickAuc({ macro: { auc, aucLow, aucHigh } }: Report) {
  return { auc, aucLow, aucHigh };
}
