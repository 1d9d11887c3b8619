import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeJpeg } from '../../src/imaging/codec.ts';
import { encodeFilm, prepareFilm } from '../../src/imaging/prepare-film.ts';
import { FilmThreads } from '../../src/workers/film-threads.ts';
import { seededPicture } from '../imaging/seeded-picture.ts';

const settings = { size: 32, clahe: { clipLimit: 2, tiles: 4 }, encoding: 'Png', quality: 95, variants: [null] } as const;

test('FilmThreads answers each of many films with its own pictures', async () => {
  const films = Array.from({ length: 9 }, (_, number) => encodeJpeg(seededPicture(40 + number, 50, number), 90));
  const threads = new FilmThreads(settings, 2);
  const answers = await Promise.all(films.map((film) => threads.prepare(film)));
  await threads.close();
  for (const [number, film] of films.entries()) {
    const picture = await encodeFilm(await prepareFilm(film, settings), settings);
    assert.deepEqual(answers[number], { kind: 'pictures', pictures: [picture] });
  }
});

test('FilmThreads tells a film that is at fault from a fault that is not the film\'s', async () => {
  const threads = new FilmThreads({ ...settings, encoding: 'Jpeg', quality: 1000 }, 1);
  assert.deepEqual(await threads.prepare(new Uint8Array()), { kind: 'rejected', reason: 'it is empty' });
  await assert.rejects(threads.prepare(encodeJpeg(seededPicture(40, 50, 1), 90)), /quality|Invalid/i);
  await threads.close();
});
