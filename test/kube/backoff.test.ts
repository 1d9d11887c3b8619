import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMilliseconds } from '../../src/kube/backoff.ts';

const bounds = { firstMilliseconds: 800, longestMilliseconds: 30_000 };

test('backoffMilliseconds() doubles with each failure, up to the longest', () => {
  assert.deepEqual([1, 2, 3, 5, 6, 7, 2000].map((failures) => backoffMilliseconds(failures, bounds, 0)), [800, 1600, 3200, 12_800, 25_600, 30_000, 30_000]);
});

test('backoffMilliseconds() adds up to as much again by chance, and stays below the longest', () => {
  assert.deepEqual([1, 2, 6].map((failures) => backoffMilliseconds(failures, bounds, 0.5)), [1200, 2400, 30_000]);
});
