import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auc } from '../../src/evaluation/auc.ts';
import { averagePrecision } from '../../src/evaluation/average-precision.ts';
import { brier } from '../../src/evaluation/brier.ts';
import { rank } from '../../src/evaluation/ranking.ts';
import { rocCurve } from '../../src/evaluation/roc-curve.ts';
import { chooseThreshold } from '../../src/evaluation/threshold.ts';

test('auc() counts a tie as half a pair', () => {
  // Pairs: (0.5, 0.5) half, (0.5, 0.1) right, (0.9, 0.5) right, (0.9, 0.1) right.
  assert.equal(auc(rank([0, 1, 0, 1], [0.1, 0.5, 0.5, 0.9])), 3.5 / 4);
});

test('rank() leaves uncertain films out, whatever their score', () => {
  const ranking = rank([0, 2, 1, 2], [0.3, 0.9, 0.7, NaN]);
  assert.deepEqual([...ranking.items], [0, 2]);
  assert.equal(auc(ranking), 1);
});

test('auc(), averagePrecision(), rocCurve() and chooseThreshold() say nothing where only one label occurs', () => {
  for (const labels of [[1, 1, 2], [0, 0, 2], []]) {
    const ranking = rank(labels, [0.2, 0.4, 0.6]);
    assert.equal(auc(ranking), null);
    assert.equal(averagePrecision(ranking), null);
    assert.deepEqual(rocCurve(ranking), []);
    assert.equal(chooseThreshold(ranking), null);
  }
  assert.equal(brier(rank([], [])), null);
});

test('rank() refuses a score that is no number and a label that is none', () => {
  assert.throws(() => rank([0, 1], [0.5, NaN]), { message: 'Cannot rank films: film 1 has the score NaN' });
  assert.throws(() => rank([0, 1], [0.5]), { message: 'Cannot rank films: film 1 has the score undefined' });
  assert.throws(() => rank([0, -1], [0.5, 0.5]), { message: 'Cannot rank films: film 1 has the label -1, not 0, 1 or 2' });
});
