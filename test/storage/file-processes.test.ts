import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileStorage } from '../../src/storage/file.ts';
import { pathsBelow, textOf } from './contract.ts';

const source = JSON.stringify(path.join(import.meta.dirname, '../../src/storage'));

test('kill -9 of a writer leaves the old content whole, and its remains are swept by the next write()', async (t) => {
  const { folder, start } = await scene(t);
  const root = `file://${folder}`;
  await fileStorage().write(`${root}/model.h5`, Buffer.from('old'));
  const writer = start(`
    async function* endless() {
      for (;;) { yield new Uint8Array(100_000); await new Promise((done) => setTimeout(done, 5)); }
    }
    await Promise.all([storage.write('${root}/model.h5', endless()), storage.write('${root}/new.h5', endless(), { ifNoneMatch: '*' })]);`);
  while ((await temporaries(folder)).length < 2) await delay(20);
  await delay(100);
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  assert.deepEqual(await pathsBelow(fileStorage(), root), ['model.h5']);
  assert.equal(textOf(await fileStorage().read(`${root}/model.h5`)), 'old');
  assert.equal((await temporaries(folder)).length, 2);
  await fileStorage().write(`${root}/new.h5`, Buffer.from('new'), { ifNoneMatch: '*' });
  assert.deepEqual((await readdir(folder)).sort(), ['model.h5', 'new.h5']);
});

test('writers in four processes that count up by ifMatch lose no count', async (t) => {
  const { folder, start } = await scene(t);
  const uri = `file://${folder}/count`;
  await fileStorage().write(uri, Buffer.from('0'));
  const writers = Array.from({ length: 4 }, () =>
    start(`
      for (let counted = 0; counted < 20; ) {
        const { etag } = await storage.head('${uri}');
        const count = Number(Buffer.from(await storage.read('${uri}')));
        try {
          await storage.write('${uri}', Buffer.from(String(count + 1)), { ifMatch: etag });
          counted++;
        } catch (error) {
          if (error.kind !== 'PreconditionFailed') throw error;
        }
      }`),
  );
  for (const writer of writers) assert.equal(writer.exitCode ?? (await once(writer, 'exit'))[0], 0);
  assert.equal(textOf(await fileStorage().read(uri)), '80');
  assert.deepEqual(await readdir(folder), ['count'], 'neither lock nor temporary file stays');
});

test('a lock that a killed process left is removed by exactly one of those who wait', async (t) => {
  const { folder, start } = await scene(t);
  const uri = `file://${folder}/count`;
  const lock = path.join(folder, await lockNameOf('count', t));
  const dead = start('console.log((await import(`${source}/temporary-file.ts`)).writer)');
  const [name] = await Promise.all([once(dead.stdout ?? dead, 'data'), once(dead, 'exit')]);
  const { etag } = await fileStorage().write(uri, Buffer.from('0'));
  await symlink(`${String(name[0]).trim()}-0123456789ab`, lock);
  // The remover was killed too, at its worst moment.
  await symlink(`${String(name[0]).trim()}-ba9876543210`, `${lock}.lock`);
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, (_, writer) => fileStorage().write(uri, Buffer.from(`writer ${writer}`), { ifMatch: etag })));
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.deepEqual(await readdir(folder), ['count']);
});

/** Seen while it is held: in a folder of its own, so that the lock's name stays the storage's business. */
async function lockNameOf(file: string, t: TestContext): Promise<string> {
  const { folder } = await scene(t);
  const { withNameLock } = await import('../../src/storage/name-lock.ts');
  return withNameLock(path.join(folder, file), async () => (await readdir(folder))[0] ?? '');
}

async function temporaries(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('.chex-'));
}

async function scene(t: TestContext): Promise<{ folder: string; start: (script: string) => ChildProcess }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-processes-'));
  const started: ChildProcess[] = [];
  t.after(async () => {
    for (const child of started) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  return {
    folder,
    start: (script) => {
      const head = `const source = ${source}; const { fileStorage } = await import(source + '/file.ts'); const storage = fileStorage();`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', head + script], { stdio: ['ignore', 'pipe', 'inherit'] });
      started.push(child);
      return child;
    },
  };
}
