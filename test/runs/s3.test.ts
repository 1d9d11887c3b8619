import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Storage } from '../../src/storage/storage.ts';
import { openStorage } from '../../src/storage/open.ts';
import { oracleOrSkip } from '../oracles/oracles.ts';
import { isVersitygwBuilt, startVersitygw, versitygwMissing } from '../oracles/versitygw.ts';
import { chex, everything, tinyTraining, writeTraining } from './chex.ts';
import { assertSameScores } from './scores.ts';

test('chex run and chex predict with data set, output and model on S3', async (t) => {
  if (!oracleOrSkip(t, isVersitygwBuilt, versitygwMissing)) return;
  const server = await startVersitygw();
  t.after(() => server.stop());
  Object.assign(process.env, server.environment);
  const options = { endpoint: server.endpoint, forcePathStyle: true };
  const storage = openStorage({ ...options, checksums: 'Auto' });
  const place = await tinyTraining(t, {}, 12);
  const films = `s3://${server.bucket}/CheXpert small`;
  for (const file of globSync('**/*.{csv,jpg}', { cwd: place.films })) await storage.write(`${films}/${file}`, readFileSync(path.join(place.films, file)));
  const observations = ['Edema', 'Support_Devices'];
  writeTraining(place, { dataset: { uri: films }, output: { uri: `s3://${server.bucket}/runs` }, storage: options, observations });

  const first = await chex(t, ['run', '-f', place.file]);
  const root = `s3://${server.bucket}/runs/default/tiny`;
  assert.equal(first.code, 0, everything(first));
  assert.ok(everything(first).includes(`${root}/report/report.html`), everything(first));
  const made = await etagsOf(storage, root);
  assert.ok(!made.has(`${root}/run.json`), 'the lock is released');
  const report = JSON.parse(Buffer.from(await storage.read(`${root}/report/report.json`)).toString()) as { autoencoders: { observation: string }[]; rejected: { count: number } };
  assert.deepEqual(report.autoencoders.map(({ observation }) => observation), observations);
  assert.equal(report.rejected.count, 0);

  const second = await chex(t, ['run', '-f', place.file]);
  assert.equal(second.code, 0, everything(second));
  const redone = [...(await etagsOf(storage, root))].filter(([uri, etag]) => made.get(uri) !== etag).map(([uri]) => uri);
  assert.deepEqual(redone.filter((uri) => uri !== `${root}/status.json`), []);

  const out = path.join(place.folder, 'scores.csv');
  const predicted = await chex(t, ['predict', '--model', root, '--in', path.join(place.films, 'valid'), '--out', out, '--endpoint', server.endpoint]);
  assert.equal(predicted.code, 0, everything(predicted));
  assertSameScores({ predicted: readFileSync(out, 'utf8'), reported: Buffer.from(await storage.read(`${root}/report/predictions.csv`)).toString(), observations });
});

async function etagsOf(storage: Storage, root: string): Promise<Map<string, string>> {
  const entries = await Array.fromAsync(storage.list(root));
  return new Map(entries.map(({ uri, etag }) => [uri, etag]));
}
