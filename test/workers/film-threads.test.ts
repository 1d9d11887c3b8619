import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observations } from '../../src/api/observations.ts';
import { encodeJpeg } from '../../src/imaging/encode-jpeg.ts';
import { prepareFilm } from '../../src/imaging/prepare-film.ts';
import { framesOfExamples } from '../../src/tfrecord/example.ts';
import { filmRecords, type FilmOfRecords } from '../../src/workers/film-records.ts';
import { FilmThreads } from '../../src/workers/film-threads.ts';
import { seededPicture } from '../imaging/seeded-picture.ts';

const settings = { size: 32, clahe: { clipLimit: 2, tiles: 4 }, encoding: 'Png', quality: 95, variants: [null], observations: ['Edema', 'Fracture'] } as const;

/** With these observations. */
function filmWith(...present: readonly string[]): FilmOfRecords {
  return { path: 'film.jpg', patient: 'patient1', labels: observations.map((name) => (present.includes(name) ? 1 : 0)) };
}

test('FilmThreads answers each of many batches with the records of its own films, by set and in order', async (t) => {
  const files = Array.from({ length: 9 }, (_, number) => ({
    film: filmWith(...(number % 2 === 0 ? ['Edema', 'Pneumonia'] : [])),
    bytes: encodeJpeg(seededPicture(40 + number, 50, number), 90),
  }));
  const batches = [files.slice(0, 3), files.slice(3, 4), files.slice(4)];
  const threads = new FilmThreads(settings, 2);
  t.after(() => threads.close());
  const answers = await Promise.all(batches.map((batch) => threads.prepare(batch)));
  for (const [index, batch] of batches.entries()) {
    const pictures = await Promise.all(batch.map(async ({ bytes }) => prepareFilm(bytes, settings, [null])));
    const records = batch.flatMap(({ film }, at) => filmRecords(film, pictures[at]!, settings));
    const pieces = (['all', 'Edema'] as const).flatMap((set) => {
      const ofSet = records.flatMap(([name, record]) => (name === set ? [record] : []));
      if (ofSet.length === 0) return [];
      const frames = framesOfExamples(ofSet);
      const bytes = new Uint8Array(frames.sizeBytes);
      return [{ set, count: ofSet.length, crc32c: frames.write(bytes), bytes }];
    });
    assert.deepEqual(answers[index]?.outcomes, batch.map(() => ({ kind: 'prepared', pictures: 1 })));
    assert.deepEqual(answers[index]?.pieces, pieces);
  }
});

test('FilmThreads tells a film that is at fault from a fault that is not the film\'s', async (t) => {
  const threads = new FilmThreads({ ...settings, encoding: 'Jpeg', quality: 1000 }, 1);
  t.after(() => threads.close());
  const empty = { film: filmWith(), bytes: new Uint8Array() };
  const { outcomes, pieces } = await threads.prepare([empty]);
  assert.deepEqual({ outcomes, pieces }, { outcomes: [{ kind: 'rejected', reason: 'it is empty' }], pieces: [] });
  await assert.rejects(threads.prepare([empty, { film: filmWith(), bytes: encodeJpeg(seededPicture(40, 50, 1), 90) }]), /quality|Invalid/i);
});

test('FilmThreads writes into memory that was given back, where it suffices', async (t) => {
  const threads = new FilmThreads({ ...settings, encoding: 'Jpeg' }, 1);
  t.after(() => threads.close());
  const file = (number: number) => ({ film: filmWith('Edema'), bytes: encodeJpeg(seededPicture(40, 50, number), 90) });
  const large = await threads.prepare([file(1), file(2), file(3)]);
  const { byteLength } = large.room;
  const expected = large.pieces.map(({ bytes }) => Buffer.from(bytes));
  threads.giveBack(large.room);
  const small = await threads.prepare([file(4)]);
  assert.equal(small.room.byteLength, byteLength);
  threads.giveBack(small.room);
  const again = await threads.prepare([file(1), file(2), file(3)]);
  assert.deepEqual(again.pieces.map(({ bytes }) => Buffer.from(bytes)), expected);
});

test('FilmThreads: close() ends the threads, and whoever waits or asks later is told', async () => {
  const threads = new FilmThreads(settings, 1);
  const files = [{ film: filmWith('Edema'), bytes: encodeJpeg(seededPicture(40, 50, 1), 90) }];
  const asked = threads.prepare(files);
  await Promise.all([threads.close(), assert.rejects(asked, /their threads are closed/)]);
  await assert.rejects(threads.prepare(files), /their threads are closed/);
});
