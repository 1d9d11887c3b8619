import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareMoney, costOf, moneyText, sumOf, times } from '../../../src/plan/cost/money.ts';

test('a sum of ten thousand small amounts is exact, which binary fractions are not', () => {
  const amounts = Array.from({ length: 10_000 }, () => costOf(36, '1.000001'));
  assert.equal(amounts[0], '0.010000');
  assert.equal(sumOf(amounts), '100.000000');
  assert.notEqual(amounts.reduce((sum, amount) => sum + Number(amount), 0), 100);
});

test('costOf() is the price of an hour by the second', () => {
  assert.equal(costOf(3600, '3.06'), '3.060000');
  assert.equal(costOf(0.1, '3.06'), '0.000085');
  assert.equal(costOf(0, '3.06'), '0.000000');
});

test('amounts are compared as numbers, and shown with as many digits as they need', () => {
  assert.ok(compareMoney('9.50', '10.0') < 0);
  assert.equal(compareMoney('10', '10.000000'), 0);
  assert.equal(times('10.00', -0.5), '-5.000000');
  assert.deepEqual(['0', '0.0123', '1.005', '183.2'].map((amount) => moneyText(amount, 'USD')), ['0.00 USD', '0.0123 USD', '1.01 USD', '183.20 USD']);
});
