import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alone } from '../../scripts/bench/bench-row.ts';
import { beside, inTurns } from '../../scripts/bench/in-turns.ts';

test('inTurns() measures all in each round, and asks no more for what is missing once', async () => {
  const asked: string[] = [];
  const measure = (name: string, figures: readonly (number | null)[]) => () => {
    asked.push(name);
    return figures[asked.filter((each) => each === name).length - 1] ?? null;
  };
  assert.deepEqual(await inTurns({ ours: measure('ours', [1, 2, 3]), theirs: measure('theirs', [4, null]) }, 3), { ours: [1, 2, 3], theirs: [] });
  assert.deepEqual(asked, ['ours', 'theirs', 'ours', 'theirs', 'ours']);
});

test('beside() gives medians of both sides and of the ratios of the rounds', () => {
  const row = beside({ name: 'ours', figures: [6, 1, 2] }, { name: 'theirs', figures: [2, 1, 4] }, { unit: 's' });
  assert.deepEqual(row, { ...alone, name: 'ours', unit: 's', value: 2, rounds: 3, rival: 'theirs', rivalValue: 2, ratio: 1 });
});

test('beside() leaves a rival without figures out', () => {
  const row = beside({ name: 'ours', figures: [6] }, { name: 'theirs', figures: [] }, { unit: 's' });
  assert.deepEqual(row, { ...alone, name: 'ours', unit: 's', value: 6 });
});
