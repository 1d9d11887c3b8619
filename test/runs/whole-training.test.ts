import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { chex, readJson, timesOf, tinyTraining, writeTraining } from './chex.ts';
import { assertSameScores } from './scores.ts';

test('chex run makes every promised file, and a second run does nothing twice', async (t) => {
  const place = await tinyTraining(t);
  const first = await chex(t, ['run', '-f', place.file]);
  assert.equal(first.code, 0, first.err);
  assert.match(first.out + first.err, /report\.html/);
  const promised = [
    'catalog/catalog.json', 'catalog/shards/train_01of01.csv', 'catalog/shards/valid_01of01.csv', 'catalog/rejected.csv', 'catalog/done.json',
    'records/all_train_01of01.tfrecord', 'records/Edema_train_01of01.tfrecord', 'records/all_valid_01of01.tfrecord', 'records/committed/train_01of01.json', 'records/done.json',
    'autoencoders/Edema/model/autoencoder.h5', 'autoencoders/Edema/done.json', 'autoencoders/Support_Devices/done.json',
    'combined/model/head.h5', 'combined/model/labels.json', 'combined/model/preprocessing.json', 'combined/done.json',
    'report/report.json', 'report/report.html', 'report/predictions.csv', 'report/model-card.md', 'status.json',
  ];
  assert.deepEqual(promised.filter((file) => !existsSync(path.join(place.run, file))), []);
  assert.ok(!existsSync(path.join(place.run, 'run.json')), 'the lock is released');

  const report = readJson(place.run, 'report/report.json') as { autoencoders: { loss: { train: number } }[]; observations: unknown[]; seconds: number };
  assert.equal(report.autoencoders.length, 3);
  assert.equal(report.observations.length, 3);
  assert.ok(report.autoencoders.every(({ loss }) => loss.train > 0 && loss.train < 1));
  assert.ok(report.seconds > 0);

  const before = timesOf(place.run);
  const second = await chex(t, ['run', '-f', place.file]);
  assert.equal(second.code, 0, second.err);
  const redone = [...timesOf(place.run)].filter(([file, time]) => before.get(file) !== time && !file.startsWith('logs/')).map(([file]) => file);
  assert.deepEqual(redone.filter((file) => file !== 'status.json'), []);

  await t.test('finished work made with other settings is refused and kept', async () => {
    writeTraining(place, { preprocess: { size: 40, clahe: { tiles: 4 } } });
    const refused = await chex(t, ['run', '-f', place.file]);
    assert.equal(refused.code, 78, refused.err);
    assert.match(refused.out + refused.err, /preprocess\.size \(was 32, is 40\)/);
    assert.match(refused.out + refused.err, /output\.existing: Replace/);
    assert.equal(timesOf(place.run).get('report/report.json'), before.get('report/report.json'));
  });

  await t.test('chex predict gives the scores of the report', async () => {
    writeTraining(place);
    const out = path.join(place.folder, 'scores.csv');
    const predicted = await chex(t, ['predict', '--model', place.run, '--in', path.join(place.films, 'valid'), '--out', out]);
    assert.equal(predicted.code, 0, predicted.err);
    const reported = readFileSync(path.join(place.run, 'report/predictions.csv'), 'utf8');
    assertSameScores({ predicted: readFileSync(out, 'utf8'), reported, observations: ['Edema', 'Cardiomegaly', 'Support_Devices'] });
  });
});
