import assert from 'node:assert/strict';
import { appendFileSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { chex, everything, readJson, startChex, tinyTraining, until, untilThere, writeTraining } from './chex.ts';

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

test('films that vanish or break while the run is under way are named and counted; too many of them end it with 65', async (t) => {
  const place = await tinyTraining(t, { observations: ['Edema'] });
  const uri = `file://${place.films}`;
  const [truncated = '', vanished = ''] = globSync('train/**/*.jpg', { cwd: place.films }).sort();
  writeTraining(place, { dataset: { uri, maxRejected: 0.001 }, observations: ['Edema'] });
  const scratch = path.join(place.folder, 'scratch');
  mkdirSync(scratch);
  const running = startChex(t, ['run', '-f', place.file], { TMPDIR: scratch });
  // Held still while its catalog worker ends: nothing can begin to read the films before they are gone.
  await untilThere(scratch, 'chex-scratch-*/*catalog*.log', running);
  // Its log is opened before it is there: who is held between the two never starts it.
  const { pid } = running.child;
  await until(() => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim() !== '', () => 'the catalog worker');
  running.child.kill('SIGSTOP');
  await untilThere(place.run, 'catalog/done.json', running);
  assert.deepEqual(globSync('chex-scratch-*/*preprocess*.log', { cwd: scratch }), [], 'it was held too late');
  truncateSync(path.join(place.films, truncated), 100);
  rmSync(path.join(place.films, vanished));
  running.child.kill('SIGCONT');
  const stopped = await running.ended;
  assert.equal(stopped.code, 65, everything(stopped));
  assert.match(everything(stopped), /2 of \d+ films .* are unreadable, more than the 0\.1 % of dataset\.maxRejected/);
  for (const film of [truncated, vanished]) assert.ok(everything(stopped).includes(film), everything(stopped));

  writeTraining(place, { dataset: { uri, maxRejected: 0.5 }, observations: ['Edema'] });
  const ended = await chex(t, ['run', '-f', place.file]);
  assert.equal(ended.code, 0, everything(ended));
  const { rejected } = readJson(place.run, 'report/report.json') as { rejected: { count: number; reasons: string[] } };
  assert.equal(rejected.count, 2);
  assert.ok(rejected.reasons.some((reason) => reason.endsWith(`${vanished}: it is missing`)), rejected.reasons.join());
  assert.ok(rejected.reasons.some((reason) => reason.includes(truncated)), rejected.reasons.join());
  assert.ok(readFileSync(path.join(place.run, 'report/report.html'), 'utf8').includes(vanished));
});

test('a file in place of an output folder is named: 78; once it is gone the same command finishes', async (t) => {
  const place = await tinyTraining(t, { observations: ['Edema'] });
  const runs = path.join(place.folder, 'runs');
  writeFileSync(runs, 'mine');
  const refused = await chex(t, ['run', '-f', place.file]);
  assert.equal(refused.code, 78, everything(refused));
  assert.match(everything(refused), /Cannot write file:.*run\.json: a part of .* is a file, not a folder/);
  assert.equal(readFileSync(runs, 'utf8'), 'mine');
  rmSync(runs);

  mkdirSync(place.run, { recursive: true });
  writeFileSync(path.join(place.run, 'combined'), 'mine');
  const stopped = await chex(t, ['run', '-f', place.file]);
  assert.equal(stopped.code, 78, everything(stopped));
  assert.match(everything(stopped), /\/combined.* is a file, not a folder/);
  assert.deepEqual(globSync('{**/,}{.chex-*,run.json}', { cwd: place.run }), [], 'neither a file in the making nor the lock stays');
  assert.deepEqual(globSync('report/*', { cwd: place.run }), []);
  const trained = readFileSync(path.join(place.run, 'autoencoders/Edema/done.json'), 'utf8');
  rmSync(path.join(place.run, 'combined'));
  const ended = await chex(t, ['run', '-f', place.file]);
  assert.equal(ended.code, 0, everything(ended));
  assert.equal(readFileSync(path.join(place.run, 'autoencoders/Edema/done.json'), 'utf8'), trained);
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

test('other data under the same name is refused, and Replace redoes it', async (t) => {
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
  assert.match(everything(refused), /other data \(films or labels were added, removed or changed\)/);
  writeTraining(place, { output: { uri: `file://${place.folder}/runs`, existing: 'Replace' } });
  const replaced = await chex(t, ['run', '-f', place.file]);
  assert.equal(replaced.code, 0, everything(replaced));
});
