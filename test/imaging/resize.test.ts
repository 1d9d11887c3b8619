import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resize } from '../../src/imaging/resize.ts';
import { greyOf, inPlane, rowsOf } from './seeded-picture.ts';

test('resize() rounds the mean of 2 x 2 upwards and other whole blocks to even', () => {
  assert.deepEqual(rowsOf(inPlane(greyOf([0, 0, 1, 2], [1, 1, 2, 1]), (plane) => resize(plane, { width: 2, height: 1 }))), [[1, 2]]);
  assert.deepEqual(rowsOf(inPlane(greyOf([0, 1, 1, 2], [3, 4, 5, 6]), (plane) => resize(plane, { width: 2, height: 2 }))), [[0, 2], [4, 6]]);
});

test('resize() weighs source pixels by the area they share with the target pixel', () => {
  // 3 to 2: each target pixel covers one whole source pixel and half of the middle one.
  assert.deepEqual(rowsOf(inPlane(greyOf([0, 90, 240], [0, 90, 240], [0, 90, 240]), (plane) => resize(plane, { width: 2, height: 2 }))), [[30, 190], [30, 190]]);
});

test('resize() blends neighbours where an axis grows', () => {
  assert.deepEqual(rowsOf(inPlane(greyOf([10, 20], [30, 40]), (plane) => resize(plane, { width: 2, height: 2 }))), [[10, 20], [30, 40]]);
  // 2 to 3: the middle target pixel lies half in either source pixel.
  assert.deepEqual(rowsOf(inPlane(greyOf([10, 20]), (plane) => resize(plane, { width: 3, height: 1 }))), [[10, 15, 20]]);
});
