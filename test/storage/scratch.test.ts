import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openScratch } from '../../src/storage/scratch.ts';

test('openScratch() removes the folders of dead processes, but neither those of live ones nor those of other users', async (t) => {
  const outer = process.env['TMPDIR'];
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-scratch-test-'));
  process.env['TMPDIR'] = folder;
  t.after(async () => {
    if (outer === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = outer;
    await rm(folder, { recursive: true });
  });
  const [dead, live, foreign] = ['chex-scratch-11-a', 'chex-scratch-12-a', 'chex-scratch-13-a'].map((name) => path.join(folder, name)) as [string, string, string];
  for (const made of [dead, live, foreign]) await mkdir(path.join(made, 'inner'), { recursive: true });
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chown(foreign, 12345, 12345);
  const scratch = await openScratch({ pid: 14, isAlive: (pid) => pid === 12, limitBytes: Infinity });
  assert.deepEqual([existsSync(dead), existsSync(live), existsSync(scratch.folder)], [false, true, true]);
  if (isRoot) assert.ok(existsSync(foreign));
  await scratch.remove();
  assert.ok(!existsSync(scratch.folder));
});

test('freeBytes() is what its limit leaves beside the files that lie there, and never more than the disk has', async (t) => {
  const open = (limitBytes: number) => openScratch({ pid: process.pid, isAlive: () => true, limitBytes });
  const [small, large] = [await open(1000), await open(Infinity)];
  t.after(() => Promise.all([small.remove(), large.remove()]));
  assert.equal(await small.freeBytes(), 1000);
  await writeFile(path.join(small.folder, 'records'), new Uint8Array(400));
  assert.equal(await small.freeBytes(), 600);
  assert.ok(Number.isSafeInteger(await large.freeBytes()));
});
