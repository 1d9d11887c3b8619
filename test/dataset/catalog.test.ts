import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrangeFilms } from '../../src/dataset/catalog.ts';
import type { Label } from '../../src/dataset/films.ts';
import { aFilm } from './a-film.ts';

function films(count: number) {
  return Array.from({ length: count }, (_, index) => aFilm({ path: `${index}.jpg`, patient: `p${index % 7}`, labels: Array.from({ length: 14 }, (_unused, label): Label => ((index + label) % 3 === 0 ? 1 : (index + label) % 3 === 1 ? 2 : 0)) }));
}

test('arrangeFilms() shuffles every film into one shard, by the seed', () => {
  const train = films(1_000);
  const arrange = (seed: number) => arrangeFilms({ train, valid: [] }, { shards: 64, seed }).train.shards.flat();
  const arranged = arrange(1);
  assert.deepEqual(new Set(arranged), new Set(train));
  assert.equal(arranged.length, train.length);
  assert.deepEqual(arrange(1), arranged);
  assert.notDeepEqual(arrange(2), arranged);
  assert.notDeepEqual(arranged, train);
});

test('arrangeFilms() makes no more shards than asked for or than 256 films each need, and makes them even', () => {
  const sizes = (count: number, shards: number) => arrangeFilms({ train: films(count), valid: [] }, { shards, seed: 1 }).train.shards.map(({ length }) => length);
  assert.deepEqual(sizes(256, 64), [256]);
  assert.deepEqual(sizes(257, 64), [128, 129]);
  assert.deepEqual(sizes(1_000, 3), [333, 333, 334]);
  assert.deepEqual(sizes(0, 64), []);
});

test('arrangeFilms() counts films, patients, positives and uncertain labels of each split', () => {
  const { train, valid } = arrangeFilms({ train: films(9), valid: films(3) }, { shards: 1, seed: 1 });
  assert.deepEqual([train.films, train.patients, valid.films, valid.patients], [9, 7, 3, 3]);
  assert.deepEqual(train.positives, Array.from({ length: 14 }, () => 3));
  assert.deepEqual(valid.uncertain, Array.from({ length: 14 }, () => 1));
});
