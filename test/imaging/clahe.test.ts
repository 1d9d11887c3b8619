import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clahe } from '../../src/imaging/clahe.ts';
import { greyOf, inPlane, rowsOf } from './seeded-picture.ts';

const steps = greyOf([0, 0, 0, 0], [64, 64, 64, 64], [128, 128, 128, 128], [192, 192, 192, 192]);

test('clahe() with one tile and no clipping is plain equalisation, halves rounded to even', () => {
  // Cumulated 4, 8, 12, 16 of 16 pixels, times 255 / 16: 63.75, 127.5, 191.25, 255.
  assert.deepEqual(rowsOf(inPlane(steps, (plane) => clahe(plane, { clipLimit: 256, tiles: 1 }))).map(([value]) => value), [64, 128, 191, 255]);
});

test('clahe() spreads what is above the limit over values at even steps', () => {
  // The limit is max(1, trunc(2 * 16 / 256)) = 1, so 12 pixels go to the values 0, 21, 42, … 231:
  // cumulated 2, 6, 10, 14 of 16.
  assert.deepEqual(rowsOf(inPlane(steps, (plane) => clahe(plane, { clipLimit: 2, tiles: 1 }))).map(([value]) => value), [32, 96, 159, 223]);
});

test('clahe() blends the curves of neighbouring tiles by the distance to their centres', () => {
  // Four tiles of 2 x 2 pixels, no clipping: the left ones map 10 to 255, the upper right one maps 10 to 255 / 4 = 64.
  const source = greyOf([10, 10, 20, 20], [10, 10, 10, 20], [10, 10, 20, 20], [10, 10, 20, 20]);
  // Row 1 is at the centre of the upper tiles, column 2 half-way between left and right: (255 + 64) / 2 to even.
  assert.deepEqual(rowsOf(inPlane(source, (plane) => clahe(plane, { clipLimit: 256, tiles: 2 })))[1], [255, 255, 160, 255]);
});
