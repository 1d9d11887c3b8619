import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestEpochOf, hasStalled } from '../../src/training/selection.ts';

const history = (...losses: (number | null)[]) => losses.map((loss) => ({ train: { loss: 1 }, validation: loss === null ? null : { loss } }));
const stalled = (losses: readonly (number | null)[], minDelta: number, patience: number) => hasStalled(history(...losses), { objective: 'loss', rule: { minDelta, patience } });

test('bestEpochOf: the first epoch of least validation loss, null without validation', () => {
  assert.equal(bestEpochOf(history(3, 1, 2, 1), 'loss'), 2);
  assert.equal(bestEpochOf(history(null, null), 'loss'), null);
  assert.equal(bestEpochOf([], 'loss'), null);
});

for (const [losses, minDelta, patience, expected] of [
  [[3, 2, 1], 0, 1, false],
  [[3, 2, 2], 0, 1, true],
  [[3, 2, 2], 0, 2, false],
  [[3, 2, 2, 2], 0, 2, true],
  // Falls of 0.4 do not count one by one, but 0.8 does.
  [[3, 2.6, 2.2], 0.5, 2, false],
  [[3, 2.6, 2.55], 0.5, 2, true],
  // A loss of exactly minDelta less is not more than it.
  [[3, 2.5], 0.5, 1, true],
  [[null, null, null], 0, 1, false],
  [[], 0, 1, false],
] as const) {
  test(`hasStalled: ${JSON.stringify(losses)} with minDelta ${minDelta}, patience ${patience} is ${expected}`, () => {
    assert.equal(stalled(losses, minDelta, patience), expected);
  });
}

test('hasStalled: never without a rule', () => {
  assert.equal(hasStalled(history(1, 2, 3), { objective: 'loss', rule: null }), false);
});
