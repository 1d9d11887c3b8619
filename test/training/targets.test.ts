import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation } from '../../src/api/observations.ts';
import { labelOf } from '../../src/api/observations.ts';
import { targetsOf } from '../../src/training/targets.ts';

const observations: readonly Observation[] = ['Atelectasis', 'Edema', 'Fracture'];

/** 14 labels: these for the three observations, positive elsewhere, which must not matter. */
function labels(...three: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(14).fill(1);
  for (const [index, observation] of observations.entries()) bytes[labelOf(observation)] = three[index] ?? 0;
  return bytes;
}

test('targetsOf: Sigmoid takes 0 and 1 as they are and an uncertain label as its policy says', () => {
  const uncertain = { Atelectasis: 'Ones', Edema: 'Zeros', Fracture: 'Ignore' } as const;
  const { target, weight } = targetsOf([labels(0, 1, 1), labels(2, 2, 2)], { observations, head: 'Sigmoid', uncertain });
  assert.deepEqual([...target], [0, 1, 1, 1, 0, 0]);
  assert.deepEqual([...weight], [1, 1, 1, 1, 1, 0]);
});

test('targetsOf: without a policy, as in evaluation, an uncertain label is left out', () => {
  const { weight } = targetsOf([labels(2, 0, 1)], { observations, head: 'Sigmoid', uncertain: {} });
  assert.deepEqual([...weight], [0, 1, 1]);
});

test('targetsOf: Softmax shares a film among its k positives with weight k, and leaves out films without', () => {
  const { target, weight } = targetsOf([labels(1, 0, 1), labels(0, 1, 0), labels(0, 0, 0), labels(2, 1, 0)], { observations, head: 'Softmax', uncertain: { Atelectasis: 'Ones' } });
  assert.deepEqual([...target], [0.5, 0, 0.5, 0, 1, 0, 0, 0, 0, 0.5, 0.5, 0]);
  assert.deepEqual([...weight], [2, 1, 0, 2]);
});
