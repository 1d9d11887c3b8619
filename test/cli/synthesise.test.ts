import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { titleOf } from '../../src/api/observations.ts';
import { synthesise } from '../../src/cli/synthesise.ts';
import { readCheXpert } from '../../src/dataset/chexpert.ts';
import { countShared } from '../../src/dataset/split.ts';
import { decodeGrey } from '../../src/imaging/codec.ts';
import { fileStorage } from '../../src/storage/file.ts';

async function aFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-synthesise-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

async function digestsBelow(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name)).sort();
  return Object.fromEntries(await Promise.all(files.map(async (file) => [path.relative(folder, file), createHash('sha256').update(await readFile(file)).digest('hex')] as const)));
}

const options = { patients: 8, seed: 5, size: 64, log: () => undefined };

test('synthesise() writes a data set that the catalog reads: a quarter of the patients valid, every film a JPEG', async (t) => {
  const out = path.join(await aFolder(t), 'films of phantoms');
  await synthesise({ ...options, out });
  const reading = await readCheXpert({ storage: fileStorage(), uri: pathToFileURL(out).href });
  assert.ok(reading);
  assert.deepEqual(reading.rejected, []);
  const patientsIn = (split: 'train' | 'valid') => new Set(reading[split].map(({ patient }) => patient)).size;
  assert.deepEqual([patientsIn('train'), patientsIn('valid'), countShared(reading)], [6, 2, 0]);
  for (const film of [...reading.train, ...reading.valid]) {
    const { width, height } = await decodeGrey(await readFile(path.join(out, film.path)));
    assert.ok(width >= 57 && width <= 64 && height >= 60 && height <= 70, `${width} x ${height}`);
  }
});

test('synthesise() writes the severity of each film of both tables into truth.csv', async (t) => {
  const out = await aFolder(t);
  await synthesise({ ...options, out });
  const lines = async (file: string) => (await readFile(path.join(out, file), 'utf8')).trimEnd().split('\n');
  const [header, ...truth] = await lines('truth.csv');
  const films = [...(await lines('train.csv')).slice(1), ...(await lines('valid.csv')).slice(1)];
  assert.ok(header?.startsWith('Path,') && header.includes(titleOf('Pleural_Effusion')));
  assert.deepEqual(truth.map((line) => line.split(',')[0]), films.map((line) => line.split(',')[0]));
});

test('synthesise() writes the same bytes from the same seed, and others from another', async (t) => {
  const [once, again, other] = [await aFolder(t), await aFolder(t), await aFolder(t)];
  await synthesise({ ...options, out: once });
  await synthesise({ ...options, out: again });
  await synthesise({ ...options, out: other, seed: 6 });
  assert.deepEqual(await digestsBelow(again), await digestsBelow(once));
  assert.notDeepEqual(await digestsBelow(other), await digestsBelow(once));
});

test('synthesise() leaves a folder that is not empty as it is', async (t) => {
  const out = await aFolder(t);
  await mkdir(path.join(out, 'mine'));
  await writeFile(path.join(out, 'mine', 'film.jpg'), 'precious');
  await assert.rejects(synthesise({ ...options, out }), { exitCode: 64, message: /^Cannot synthesise into .*it is not empty, it holds .*mine\/film\.jpg; name another folder with --out$/ });
  assert.deepEqual(await readdir(out), ['mine']);
});

test('synthesise() refuses numbers that make no data set', async (t) => {
  const out = path.join(await aFolder(t), 'new');
  await assert.rejects(synthesise({ ...options, out, patients: 1 }), { exitCode: 64, message: /at least 2/ });
  await assert.rejects(synthesise({ ...options, out, size: 4 }), { exitCode: 64, message: /--size is from 32 to 4096/ });
  await assert.rejects(readdir(out), { code: 'ENOENT' });
});
