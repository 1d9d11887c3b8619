import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationText } from '../../src/api/duration.ts';

test('durationText() names its units, and rounds up into the next one', () => {
  assert.deepEqual([-1, 0, 59.4, 59.6, 61, 3599, 3600, 7199, 90_061, 3_600_000].map(durationText), [
    ...['0 s', '0 s', '59 s', '1 min 0 s', '1 min 1 s', '59 min 59 s'],
    ...['1 h 0 min', '2 h 0 min', '25 h 1 min', '1,000 h 0 min'],
  ]);
});
