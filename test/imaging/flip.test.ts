import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flip, variantOf, variants } from '../../src/imaging/flip.ts';
import { greyOf, rowsOf } from './seeded-picture.ts';

const film = greyOf([1, 2, 3], [4, 5, 6]);

test('flip() turns around the axes that OpenCV names by -1, 0 and 1', () => {
  assert.deepEqual(rowsOf(flip(film, -1)), [[6, 5, 4], [3, 2, 1]]);
  assert.deepEqual(rowsOf(flip(film, 0)), [[4, 5, 6], [1, 2, 3]]);
  assert.deepEqual(rowsOf(flip(film, 1)), [[3, 2, 1], [6, 5, 4]]);
  assert.deepEqual(rowsOf(film), [[1, 2, 3], [4, 5, 6]]);
});

test('variantOf() gives the film, both axes, vertical and horizontal in this order', () => {
  assert.deepEqual(variants.map((code) => [...variantOf(film, code).pixels].join('')), ['123456', '654321', '456123', '321654']);
});
