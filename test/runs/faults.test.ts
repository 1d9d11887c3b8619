import assert from 'node:assert/strict';
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { globSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { chex, readJson, startChex, tinyTraining, until, writeTraining } from './chex.ts';

const everything = ({ out, err }: { out: string; err: string }) => out + err;

test('chex run names a data set that is not there: 66', async (t) => {
  const place = await tinyTraining(t, { dataset: { uri: 'file:///nowhere/CheXpert' } });
  const ended = await chex(t, ['run', '-f', place.file]);
  assert.equal(ended.code, 66, everything(ended));
  assert.match(everything(ended), /nowhere\/CheXpert/);
});

test('chex run names a training file that is not there, is no YAML, or is wrong', async (t) => {
  const place = await tinyTraining(t);
  const missing = await chex(t, ['run', '-f', `${place.file}.not`]);
  assert.equal(missing.code, 66);
  assert.match(missing.err, /there is no such file/);
  writeFileSync(place.file, 'spec: [');
  const broken = await chex(t, ['run', '-f', place.file]);
  assert.equal(broken.code, 65);
  assert.match(broken.err, /it is not YAML at line 1/);
  writeTraining(place, { seed: 'x', preprocess: { sise: 3 } });
  const wrong = await chex(t, ['validate', '-f', place.file]);
  assert.equal(wrong.code, 78);
  assert.match(wrong.err, /2 faults:\n {2}spec\.\w/);
  const usage = await chex(t, ['run', '--file', place.file, '--paralel', '2']);
  assert.equal(usage.code, 64);
});

test('chex plan and chex predict end with the codes of chex run: 66 for what is missing, 78 for what cannot be addressed', async (t) => {
  const place = await tinyTraining(t, { dataset: { uri: 'file:///nowhere/CheXpert' } });
  const planned = await chex(t, ['plan', '-f', place.file]);
  assert.equal(planned.code, 66, everything(planned));
  const predicted = await chex(t, ['predict', '--model', 'file://elsewhere/run', '--in', place.films, '--out', `${place.folder}/out.csv`]);
  assert.equal(predicted.code, 78, everything(predicted));
});

test('unreadable films are named and counted; too many of them end the run with 65', async (t) => {
  const place = await tinyTraining(t);
  const films = globSync('train/**/*.jpg', { cwd: place.films }).sort();
  truncateSync(path.join(place.films, films[0]!), 100);
  rmSync(path.join(place.films, films[1]!));
  writeTraining(place, { dataset: { uri: `file://${place.films}`, maxRejected: 0.001 } });
  const stopped = await chex(t, ['run', '-f', place.file]);
  assert.equal(stopped.code, 65, everything(stopped));
  assert.match(everything(stopped), /maxRejected/);
  assert.ok(everything(stopped).includes(films[0]!) || everything(stopped).includes(films[1]!), everything(stopped));

  writeTraining(place, { dataset: { uri: `file://${place.films}`, maxRejected: 0.5 } });
  const ended = await chex(t, ['run', '-f', place.file]);
  assert.equal(ended.code, 0, everything(ended));
  const report = readJson(place.run, 'report/report.json') as { rejected: { count: number } };
  assert.equal(report.rejected.count, 2);
  assert.match(readFileSync(path.join(place.run, 'report/report.html'), 'utf8'), /rejected|left out/i);
});

test('an observation without a positive film is skipped with its reason and blocks nothing', async (t) => {
  const place = await tinyTraining(t);
  for (const table of ['train.csv', 'valid.csv']) {
    const file = path.join(place.films, table);
    const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
    const column = header.split(',').indexOf('Edema');
    writeFileSync(file, [header, ...lines.map((line) => line.split(',').with(column, '').join(','))].join('\n'));
  }
  const ended = await chex(t, ['run', '-f', place.file]);
  assert.equal(ended.code, 0, everything(ended));
  const report = readJson(place.run, 'report/report.json') as { skipped: { observation: string; reason: string }[]; observations: { observation: string; auc: number | null }[] };
  assert.deepEqual(report.skipped.map(({ observation }) => observation), ['Edema']);
  assert.match(report.skipped[0]!.reason, /no positive film/);
  assert.equal(report.observations.find(({ observation }) => observation === 'Edema')?.auc, null);
});

test('a second chex run of the same training is refused while the first lives', async (t) => {
  const place = await tinyTraining(t, { autoencoders: { width: 0.05, epochs: 500, batchSize: 8, learningRate: 1e-3 } });
  const first = startChex(t, ['run', '-f', place.file]);
  await until(() => existsSync(path.join(place.run, 'run.json')), { what: `the lock: ${first.said()}` });
  const second = await chex(t, ['run', '-f', place.file]);
  assert.equal(second.code, 78, everything(second));
  assert.match(everything(second), new RegExp(`process ${first.child.pid}|pid ${first.child.pid}`));
  assert.equal(first.child.exitCode, null);
  first.child.kill('SIGTERM');
  assert.equal((await first.ended).code, 143);
});

test('other data under the same name is refused, and Replace redoes it', { timeout: 120_000 }, async (t) => {
  const place = await tinyTraining(t);
  assert.equal((await chex(t, ['run', '-f', place.file])).code, 0);
  const [film = ''] = globSync('train/**/*.jpg', { cwd: place.films });
  const copy = film.replace(/patient\d+/, 'patient99999');
  cpSync(path.join(place.films, film), path.join(place.films, copy));
  const table = path.join(place.films, 'train.csv');
  const [header = '', row = ''] = readFileSync(table, 'utf8').split('\n');
  assert.ok(header.startsWith('Path'));
  appendFileSync(table, `${row.replace(/^[^,]*/, copy)}\n`);
  const refused = await chex(t, ['run', '-f', place.file]);
  assert.equal(refused.code, 78, everything(refused));
  assert.match(everything(refused), /dataDigest/);
  writeTraining(place, { output: { uri: `file://${place.folder}/runs`, existing: 'Replace' } });
  const replaced = await chex(t, ['run', '-f', place.file]);
  assert.equal(replaced.code, 0, everything(replaced));
});
