import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fewestPlaces, makespan } from '../../src/plan/makespan.ts';
import { study } from './study.ts';

const byLabel = Object.values(study).map(([hours, minutes]) => hours + minutes / 60);
const byName = Object.entries(study)
  .sort(([left], [right]) => (left < right ? -1 : 1))
  .map(([, [hours, minutes]]) => hours + minutes / 60);
const longestFirst = byLabel.toSorted((left, right) => right - left);

for (const [places, label, name, longest] of [
  [2, '93.8', '95.1', '91.8'],
  [3, '71.0', '69.4', '61.9'],
  [4, '62.0', '56.0', '47.0'],
  [5, '56.0', '51.4', '38.9'],
  [14, '38.9', '38.9', '38.9'],
] as const) {
  test(`makespan() of the study on ${places} GPUs: ${label} h by label, ${name} h by name, ${longest} h longest first`, () => {
    assert.deepEqual([byLabel, byName, longestFirst].map((order) => (makespan(order, places) + 1e-9).toFixed(1)), [label, name, longest]);
  });
}

test('fewestPlaces() finds that five GPUs end the study as early as fourteen', () => {
  assert.equal(fewestPlaces(longestFirst), 5);
});

test('makespan() counts those already running, and gives their places on when they end', () => {
  assert.equal(makespan([10, 5], 2, [3, 8]), 13);
  assert.equal(makespan([], 2, [3, 8]), 8);
  assert.equal(makespan([1], 1, [3, 8]), 8, 'what runs above a lowered limit ends, and the next waits for the first place');
  assert.equal(makespan([], 3), 0);
});
