import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { fileStorage } from '../../src/storage/file.ts';
import { openLocal } from '../../src/storage/local-copy.ts';
import { memoryStorage } from '../../src/storage/memory.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { digestOf, inPieces, patterned, rejects } from './contract.ts';

test('openLocal() opens file:// in place and leaves it there', async (t) => {
  const { folder, scratch } = await folders(t);
  const file = path.join(folder, 'a film.tfrecord');
  await writeFile(file, 'abcdef');
  const local = await openLocal({ storage: fileStorage(), uri: `file://${folder}/a%20film.tfrecord`, folder: scratch });
  assert.equal(local.path, file);
  assert.equal(local.sizeBytes, 6);
  assert.equal(Buffer.from(await local.read(2, 3)).toString(), 'cde');
  assert.equal(Buffer.from(await local.read(4, 100)).toString(), 'ef', 'fewer at the end');
  assert.equal((await local.read(6, 1)).length, 0);
  await local.close();
  assert.deepEqual(await readdir(folder), ['a film.tfrecord']);
});

test('openLocal() streams anything else into the folder and removes the copy when closed', async (t) => {
  const { scratch } = await folders(t);
  const storage = memoryStorage();
  const bytes = patterned(3_000_001);
  await storage.write('memory://records/Edema_train_01of02.tfrecord', bytes);
  const local = await openLocal({ storage, uri: 'memory://records/Edema_train_01of02.tfrecord', folder: scratch });
  assert.equal(local.sizeBytes, bytes.length);
  assert.equal(path.dirname(local.path), scratch);
  assert.equal(digestOf(await local.read(1_234_567, 1_000_000)), digestOf(bytes.subarray(1_234_567, 2_234_567)));
  await local.close();
  assert.deepEqual(await readdir(scratch), []);
});

test('openLocal() of what is absent is NotFound and leaves no copy', async (t) => {
  const { folder, scratch } = await folders(t);
  await rejects(() => openLocal({ storage: fileStorage(), uri: `file://${folder}/absent`, folder: scratch }), 'NotFound', `Cannot read file://${folder}/absent: nothing is there`);
  await rejects(() => openLocal({ storage: memoryStorage(), uri: 'memory://absent', folder: scratch }), 'NotFound', 'Cannot read memory://absent: nothing is there');
  assert.deepEqual(await readdir(scratch), []);
});

test('openLocal() removes a copy that broke off', async (t) => {
  const { scratch } = await folders(t);
  const failure = new Error('the server died');
  const storage: Storage = {
    ...memoryStorage(),
    async *stream() {
      yield* inPieces(patterned(300_000), 100_000);
      throw failure;
    },
  };
  await assert.rejects(() => openLocal({ storage, uri: 'memory://a', folder: scratch }), (error) => error === failure);
  assert.deepEqual(await readdir(scratch), []);
});

async function folders(t: TestContext): Promise<{ folder: string; scratch: string }> {
  const [folder, scratch] = await Promise.all([mkdtemp(path.join(tmpdir(), 'chex-local-')), mkdtemp(path.join(tmpdir(), 'chex-scratch-test-'))]);
  t.after(() => Promise.all([folder, scratch].map((name) => rm(name, { recursive: true, force: true }))));
  return { folder, scratch };
}
