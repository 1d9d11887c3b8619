import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openStorage } from '../../src/storage/open.ts';
import { joined, pathsBelow, rejects, textOf } from './contract.ts';

process.env['AWS_ACCESS_KEY_ID'] = process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
const options = { endpoint: 'http://127.0.0.1:9', forcePathStyle: true, checksums: 'Auto' } as const;

test('openStorage() routes each URI by its scheme, and keeps each form', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-open-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const storage = openStorage(options);
  await storage.write('memory://a', Buffer.from('in memory'));
  await storage.write(`file://${folder}/a`, Buffer.from('in a file'));
  assert.equal(textOf(await storage.read('memory://a')), 'in memory');
  assert.equal(textOf(await joined(storage.stream('memory://a'))), 'in memory');
  assert.equal((await storage.head('memory://a'))?.sizeBytes, 9);
  assert.deepEqual(await pathsBelow(storage, `file://${folder}`), ['a']);
  await storage.remove('memory://a');
  assert.equal(await storage.head('memory://a'), null);
  assert.equal(textOf(await storage.read(`file://${folder}/a`)), 'in a file');
  await rejects(() => storage.read('s3://films/a'), 'Unavailable', /nothing answers at http:\/\/127\.0\.0\.1:9/);
});

test('openStorage() refuses other schemes and plain paths, each by its own URI', async () => {
  const storage = openStorage(options);
  for (const uri of ['gs://films/a', 'gs://films/b']) await rejects(() => storage.read(uri), 'Configuration', `Cannot use the URI "${uri}": gs:// is not known; use file:/// or s3://`);
  await rejects(() => storage.head('/data/films'), 'Configuration', 'Cannot use the URI "/data/films": it must begin with file:/// or s3://');
});

test('openStorage() loads the S3 SDK only for s3://', async () => {
  const open = JSON.stringify(path.join(import.meta.dirname, '../../src/storage/open.ts'));
  const script = `
    import { createRequire } from 'node:module';
    const { openStorage } = await import(${open});
    const storage = openStorage(${JSON.stringify(options)});
    const isLoaded = () => Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('@aws-sdk'));
    await storage.head('file:///absent');
    const afterFile = isLoaded();
    await storage.head('s3://films/a').catch(() => {});
    console.log(JSON.stringify([afterFile, isLoaded()]));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  assert.deepEqual(JSON.parse(stdout), [false, true]);
});
