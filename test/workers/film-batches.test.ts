import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observations } from '../../src/api/observations.ts';
import type { Film } from '../../src/dataset/films.ts';
import { encodeJpeg } from '../../src/imaging/encode-jpeg.ts';
import { prepareInBatches } from '../../src/workers/film-batches.ts';
import { FilmThreads } from '../../src/workers/film-threads.ts';
import { seededPicture } from '../imaging/seeded-picture.ts';

const settings = { size: 32, clahe: null, encoding: 'Jpeg', quality: 90, variants: [null], observations: [] } as const;
const whole = encodeJpeg(seededPicture(40, 50, 1), 90);

function filmAt(number: number): Film {
  return { path: `film ${number}`, patient: 'patient1', study: 'study1', view: '', projection: '', sex: '', age: null, labels: observations.map(() => 0) };
}

async function* filmsUpTo(count: number): AsyncGenerator<Film> {
  for (let number = 0; number < count; number += 1) yield filmAt(number);
}

test('prepareInBatches() gives every film in its order, missing ones among them', async (t) => {
  const threads = new FilmThreads(settings, 2);
  t.after(() => threads.close());
  const reader = {
    read: (path: string) => Promise.resolve(path.endsWith('7') ? { kind: 'rejected' as const, reason: 'it is missing' } : { kind: 'read' as const, bytes: path.endsWith('9') ? new Uint8Array() : whole }),
    demandReachable: () => Promise.resolve(),
  };
  const seen: string[] = [];
  let records = 0;
  for await (const { films, pieces } of prepareInBatches(filmsUpTo(101), { reader, threads })) {
    for (const { film, outcome } of films) seen.push(`${film.path}: ${outcome.kind === 'rejected' ? outcome.reason : outcome.pictures}`);
    for (const { count } of pieces) records += count;
  }
  const expected = (number: number) => (number % 10 === 7 ? 'it is missing' : number % 10 === 9 ? 'it is empty' : '1');
  assert.deepEqual(seen, Array.from({ length: 101 }, (_, number) => `film ${number}: ${expected(number)}`));
  assert.equal(records, 81);
});

test('prepareInBatches() reads no further than a bounded number of films ahead', async (t) => {
  const threads = new FilmThreads(settings, 1);
  t.after(() => threads.close());
  let read = 0;
  const reader = {
    read: () => {
      read += 1;
      return Promise.resolve({ kind: 'read' as const, bytes: whole });
    },
    demandReachable: () => Promise.resolve(),
  };
  let taken = 0;
  for await (const { films } of prepareInBatches(filmsUpTo(400), { reader, threads })) {
    taken += films.length;
    assert.ok(read - taken <= 64, `${read - taken} films ahead`);
  }
  assert.equal(taken, 400);
});

test('prepareInBatches() passes on the failure of a storage', async (t) => {
  const threads = new FilmThreads(settings, 1);
  t.after(() => threads.close());
  const reader = { read: () => Promise.reject(new Error('no network')), demandReachable: () => Promise.resolve() };
  await assert.rejects(prepareInBatches(filmsUpTo(3), { reader, threads }).next(), /no network/);
});
