import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAuc, formatDifference, formatLoss, formatLosses, formatMoney, formatNumberOf, formatRate, formatScore, formatSeconds, formatTime } from '../../src/evaluation/format.ts';

test('formatSeconds() keeps two units at most and never says 60 of one', () => {
  const cases = [[null, 'unknown'], [0, '0 s'], [2.44, '2.4 s'], [9.99, '10 s'], [59.6, '1 min 0 s'], [247, '4 min 7 s'], [3599.7, '1 h 0 min'], [140_160, '38 h 56 min'], [659_460, '183 h 11 min'], [1_209_600, '336 h 0 min']] as const;
  for (const [seconds, text] of cases) assert.equal(formatSeconds(seconds), text);
});

test('formatDifference() shows the sign, but none of what rounds to 0', () => {
  const cases = [[0.0541, '+0.054'], [-0.0541, '−0.054'], [-0.0001, '0.000'], [0, '0.000'], [null, '–']] as const;
  for (const [difference, text] of cases) assert.equal(formatDifference(difference), text);
});

test('formatAuc() leaves out an interval that is not known', () => {
  assert.equal(formatAuc({ auc: 0.874, aucLow: 0.8351, aucHigh: 0.9 }), '0.87 (0.84 to 0.90)');
  assert.equal(formatAuc({ auc: 0.874, aucLow: null, aucHigh: null }), '0.87');
  assert.equal(formatAuc({ auc: null, aucLow: null, aucHigh: null }), '–');
});

test('the other formats say figures as people write them, and unknown as unknown', () => {
  assert.equal(formatLoss(0.066971), '0.06697');
  assert.equal(formatLosses({ train: 0.1, validation: null }), '0.1000 / –');
  assert.equal(formatRate(1357.4), '1,357');
  assert.equal(formatRate(2.7512), '2.75');
  assert.deepEqual([0.23, 0.2714, 0, 0.00012345, null].map(formatScore), ['0.230', '0.271', '0.000', '0.000123', '–']);
  assert.equal(formatMoney(1234.5, 'USD'), '1,234.50 USD');
  assert.equal(formatMoney(null, 'USD'), 'unknown');
  assert.equal(formatNumberOf(1, 'film'), '1 film');
  assert.equal(formatNumberOf(1200, 'film'), '1,200 films');
  assert.equal(formatTime(Date.UTC(2026, 10, 3, 7, 5)), '2026-11-03 07:05 UTC');
});
