import assert from 'node:assert/strict';
import { test } from 'node:test';
import { specSchema } from '../../src/api/schema.ts';
import { notesOn } from '../../src/cli/run-notes.ts';

const notes = (fields: object) => notesOn(specSchema.parse({ dataset: { uri: 'file:///data' }, output: { uri: 'file:///runs' }, ...fields }));
const budget = { amount: '5.00' };

test('notesOn() says nothing of a training that uses all it has', () => {
  assert.deepEqual(notes({}), []);
  assert.deepEqual(notes({ budget, prices: { nodes: [{ instanceType: 'g5.xlarge', perHour: '1.01' }, { perHour: '0.30' }] } }), [], 'a price for any machine');
});

test('notesOn() says that nothing keeps a budget on a machine without a price', () => {
  const remedy = 'it has no labels of a cloud; a price in spec.prices.nodes with perHour alone is for it';
  assert.deepEqual(notes({ budget }), [`What this machine costs is unknown, so nothing keeps the budget: ${remedy}`]);
  assert.deepEqual(notes({ prices: { nodes: [{ instanceType: 'g5.xlarge', perHour: '1.01' }] } }), [`What this machine costs is unknown: ${remedy}`]);
});
