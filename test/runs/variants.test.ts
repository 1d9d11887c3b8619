/** Settings that the other runs leave at their defaults, as many in each run as go together. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import type { Report } from '../../src/evaluation/report-schema.ts';
import { reportSchema } from '../../src/evaluation/report-schema.ts';
import type { Place } from './chex.ts';
import { chex, everything, readJson, tinyTraining, writeTraining } from './chex.ts';

const autoencoders = { width: 0.05, epochs: 2, batchSize: 8, learningRate: 1e-3 };
const combined = { backbone: 'Small', epochs: 2, batchSize: 8, learningRate: 1e-3 };

async function reportOf(t: TestContext, { file, run }: Place): Promise<{ report: Report; said: string }> {
  const ended = await chex(t, ['run', '-f', file]);
  assert.equal(ended.code, 0, everything(ended));
  return { report: reportSchema.parse(readJson(run, 'report/report.json')), said: everything(ended) };
}

/** Records of each file below records/, by what the commit markers say. */
function recordsOf({ run }: Place): Record<string, number> {
  const markers = globSync('records/committed/*.json', { cwd: run }).map((file) => readJson(run, file) as { split: string; sets: Record<string, { records: number }> });
  return Object.fromEntries(markers.flatMap(({ split, sets }) => Object.entries(sets).map(([set, { records }]) => [`${set} ${split}`, records])));
}

test("the study's form: class folders, flips stored as PNG, no contrast, no backbone, architecture 1 with softmax", async (t) => {
  const place = await tinyTraining(t);
  writeTraining(place, {
    dataset: { uri: `file://${asClassFolders(place, ['Edema', 'Support_Devices'])}` },
    observations: ['Support_Devices', 'Edema'],
    preprocess: { size: 32, contrast: 'None', augment: 'Materialise', encoding: 'Png' },
    // No fall is enough: it stops after its patience.
    autoencoders: { ...autoencoders, epochs: 9, order: 'Listed', earlyStopping: { minDelta: 1, patience: 2 } },
    combined: { ...combined, backbone: 'None', head: 'Softmax', architecture: 1 },
  });
  const { report, said } = await reportOf(t, place);
  assert.deepEqual(
    [report.combined.head, report.combined.architecture, report.combined.backbone, report.combined.sources, report.baseline],
    ['Softmax', 1, 'None', ['Edema', 'Support_Devices'], null],
  );
  for (const { epochs, stoppedEarly } of report.autoencoders) assert.ok(stoppedEarly && epochs < 9, `${epochs}`);
  assert.ok(said.indexOf('Support_Devices') < said.indexOf('Edema'), `the first of the list starts first: ${said}`);
  const { 'all train': train, 'all valid': valid } = recordsOf(place);
  assert.deepEqual([train, valid], [4 * report.data.films.train, report.data.films.valid], 'only training films are flipped');
  const records = readFileSync(path.join(place.run, 'records/all_valid_01of01.tfrecord'));
  assert.ok(records.includes(Buffer.from('\x89PNG\r\n', 'latin1')) && !records.includes(Buffer.from([0xff, 0xd8, 0xff])));
  assert.deepEqual(readJson(place.run, 'combined/model/preprocessing.json'), { size: 32, clahe: null, encoding: 'Png', quality: 95 });
});

test('one observation, no flips, uncertain labels as zeros, a share of the patients held out besides', async (t) => {
  const place = await tinyTraining(t);
  makeUncertain(place, 'Edema');
  writeTraining(place, {
    dataset: { uri: `file://${place.films}`, uncertain: 'Ignore', uncertainByObservation: { Edema: 'Zeros' }, validationFraction: 0.2 },
    observations: ['Edema'],
    preprocess: { size: 32, clahe: { tiles: 4 }, augment: 'None' },
    autoencoders: { ...autoencoders, loss: 'MeanSquaredError' },
    combined,
  });
  const { report } = await reportOf(t, place);
  assert.deepEqual(report.autoencoders.map(({ observation, lossKind }) => [observation, lossKind]), [['Edema', 'MeanSquaredError']]);
  assert.equal(report.macro.observations, 1);
  assert.ok(report.observations[0]!.uncertain > 0);
  const rows = (table: string) => parse(readFileSync(path.join(place.films, table)), { columns: true }).length;
  assert.ok(report.data.films.valid > rows('valid.csv') && report.data.films.train < rows('train.csv'));
  assert.equal(report.data.patientsInBothSplits, 0);
  assert.equal(recordsOf(place)['all train'], report.data.films.train, 'nothing is flipped');
});

test('minSucceeded: the combined model is trained without an autoencoder that failed, and the report says why', async (t) => {
  const place = await tinyTraining(t, { observations: ['Edema', 'Support_Devices'], autoencoders: { ...autoencoders, minSucceeded: 1 } });
  mkdirSync(path.join(place.run, 'autoencoders'), { recursive: true });
  writeFileSync(path.join(place.run, 'autoencoders/Edema'), 'not a folder');
  const { report, said } = await reportOf(t, place);
  assert.deepEqual(report.skipped.map(({ observation, state }) => [observation, state]), [['Edema', 'failed']]);
  assert.match(report.skipped[0]!.reason, /is a file, not a folder/);
  assert.deepEqual(report.combined.sources, ['Support_Devices']);
  // It is still judged: the head learns it from the features.
  assert.deepEqual(report.observations.map(({ observation }) => observation), ['Edema', 'Support_Devices']);
  assert.match(said, /Edema/);
  assert.ok(!existsSync(path.join(place.run, 'run.json')));
});

/** A folder with the same films as `{train,valid}/<Observation>/<film>.jpg`: one with several findings lies in several folders. */
function asClassFolders(place: Place, observations: readonly string[]): string {
  const films = path.join(place.folder, 'classes');
  for (const split of ['train', 'valid']) {
    const rows = parse<Record<string, string>>(readFileSync(path.join(place.films, `${split}.csv`)), { columns: true });
    for (const row of rows) {
      const film = row['Path']!.slice(row['Path']!.indexOf(`${split}/`));
      for (const observation of observations.filter((one) => row[one.replaceAll('_', ' ')] === '1.0')) {
        mkdirSync(path.join(films, split, observation), { recursive: true });
        copyFileSync(path.join(place.films, film), path.join(films, split, observation, film.replaceAll('/', '_')));
      }
    }
  }
  return films;
}

/** Every third label. */
function makeUncertain(place: Place, observation: string): void {
  for (const table of ['train.csv', 'valid.csv']) {
    const file = path.join(place.films, table);
    const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
    const column = header.split(',').indexOf(observation);
    writeFileSync(file, [header, ...lines.map((line, row) => (row % 3 === 0 ? line.split(',').with(column, '-1.0').join(',') : line))].join('\n'));
  }
}
