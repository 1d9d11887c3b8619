import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linearScale, linePath, roundTicks } from '../../../src/evaluation/html/chart.ts';
import { intervalScale } from '../../../src/evaluation/html/interval-chart.ts';

test('linearScale() maps the ends of the domain to the ends of the range, downwards too', () => {
  const y = linearScale([0, 2], [100, 0]);
  assert.deepEqual([y(0), y(0.5), y(2)], [100, 75, 0]);
  const flat = linearScale([3, 3], [0, 10]);
  assert.equal(flat(3), 0, 'a domain of one value is no reason for NaN');
});

test('roundTicks() gives multiples of 1, 2 or 5 inside the domain', () => {
  assert.deepEqual(roundTicks([0.06, 0.31], 3), [0.1, 0.2, 0.3]);
  assert.deepEqual(roundTicks([0, 1], 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(roundTicks([0.5, 1], 5), [0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  assert.deepEqual(roundTicks([-120, 480], 4), [0, 200, 400]);
  assert.deepEqual(roundTicks([2, 2], 4), [2]);
});

test('linePath() leaves out points on a straight line and points that are the same at a tenth of a pixel', () => {
  const points = [[0, 0], [5, 0], [10, 0], [10.01, 0.02], [10, 10], [10, 20]].map(([x = 0, y = 0]) => ({ x, y }));
  assert.equal(linePath(points), 'M0 0L10 0L10 20');
  assert.equal(linePath([]), '');
});

test('intervalScale() has round ends around every figure', () => {
  const scale = intervalScale([0.62, null, 0.97], [0.5, 1]);
  assert.equal(scale(0.5), 12);
  assert.equal(scale(1), 198);
  assert.ok(intervalScale([0.31], [0.5, 1])(0.31) > 12, 'worse than chance is inside as well');
});
