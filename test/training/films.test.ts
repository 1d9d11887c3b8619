import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openFilms } from '../../src/training/films.ts';
import { openRecords, picture, size } from './some-records.ts';

test('openFilms: finds any film over several files, as it is and in its three flips', async (t) => {
  const { opened } = await openRecords(t, [[10, 11], [12, 13, 14]]);
  const films = await opened;
  assert.equal(films.count, 5);
  for (const film of [4, 0, 2]) {
    assert.equal(Buffer.from((await films.features(film)).get('path')!).toString(), `film ${film + 10}`);
    // As it is, both axes, upside down, mirrored.
    for (const [variant, corner] of [0, size * size - 1, size * (size - 1), size - 1].entries()) {
      const pixels = await films.pixels(film, variant);
      assert.equal(pixels[corner], film + 10);
      assert.equal(pixels.filter((value) => value === 1).length, size * size - 1);
    }
  }
  await assert.rejects(films.pixels(5, 0), /there is none/);
  await films.close();
});

test('openFilms: stored flips are read, not made', async (t) => {
  const { opened } = await openRecords(t, [[10, 20, 30, 40, 11, 21, 31, 41]], (file) => ({ ...file, films: 2 }));
  const films = await opened;
  assert.equal(films.count, 2);
  assert.deepEqual(await films.pixels(1, 2), picture(31));
  assert.equal(Buffer.from((await films.features(1)).get('path')!).toString(), 'film 11');
  await films.close();
});

test('openFilms: a file that holds other than its marker says, a damaged record, a film of another size', async (t) => {
  const { opened } = await openRecords(t, [[10, 11]], (file) => ({ ...file, records: 3, films: 3 }));
  await assert.rejects(opened, /it holds 2 records, its commit marker says 3 of 3 films/);

  const { storage, files } = await openRecords(t, [[10]]);
  const { uri } = files[0]!;
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-films-'));
  t.after(() => rm(folder, { recursive: true }));
  const other = await openFilms({ storage, files, size: 9, folder });
  await assert.rejects(other.pixels(0, 0), /it has 8 x 8 pixels, not 9 x 9/);
  await other.close();

  const bytes = await storage.read(uri);
  bytes[60] = bytes[60]! ^ 1;
  await storage.write(uri, bytes);
  const damaged = await openFilms({ storage, files, size, folder });
  await assert.rejects(damaged.pixels(0, 0), /Cannot read the record at byte 0 of memory:\/\/records\/0: the checksum/);
  await damaged.close();
});

test('openFilms: no file is a set without films', async (t) => {
  const { opened } = await openRecords(t, []);
  assert.equal((await opened).count, 0);
});
