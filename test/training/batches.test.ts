import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchesInOrder, epochBatches, everyVisit } from '../../src/training/batches.ts';
import type { Visit } from '../../src/training/batches.ts';
import { epochOrder } from '../../src/training/epoch-order.ts';

const named = ({ film, variant }: Visit) => `${film}/${variant}`;
const epoch = (number: number, { first = 0, seed = 3 } = {}) => [...epochBatches({ films: 5, variants: 4, batchSize: 6, seed }, number, first)].map((batch) => batch.map(named));

test('epochBatches: every variant of every film once, the last batch as small as what is left', () => {
  const batches = epoch(0);
  assert.deepEqual(batches.map((batch) => batch.length), [6, 6, 6, 2]);
  const all = [...everyVisit({ films: 5, variants: 4, batchSize: 100 })].flat().map(named);
  assert.equal(all.length, 20);
  assert.deepEqual(batches.flat().sort(), all.sort());
});

test('epochBatches: the order follows from seed and epoch alone', () => {
  assert.deepEqual(epoch(1), epoch(1));
  assert.notDeepEqual(epoch(1), epoch(0));
  assert.notDeepEqual(epoch(1, { seed: 4 }), epoch(1));
});

test('epochBatches: from a later batch on it gives the rest of the same epoch', () => {
  assert.deepEqual(epoch(2, { first: 3 }), epoch(2).slice(3));
  assert.deepEqual(epoch(2, { first: 4 }), []);
});

test('epochOrder: first places are spread evenly over many epochs', () => {
  const counts = new Array<number>(8).fill(0);
  for (let number = 0; number < 4000; number++) counts[epochOrder({ count: 8, seed: 1, epoch: number })[0]!]! += 1;
  // Binomial, 500 expected, standard deviation 21.
  assert.ok(counts.every((count) => Math.abs(count - 500) < 105), counts.join());
});

test('batchesInOrder: every film once, unflipped', () => {
  assert.deepEqual([...batchesInOrder(5, 2)].map((batch) => batch.map(named)), [['0/0', '1/0'], ['2/0', '3/0'], ['4/0']]);
  assert.deepEqual([...batchesInOrder(0, 2)], []);
});
