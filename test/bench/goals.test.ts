import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { alone } from '../../scripts/bench/bench-row.ts';
import type { BenchRow } from '../../scripts/bench/bench-row.ts';
import { judgeGoals } from '../../scripts/bench/goals.ts';

const verdictsOf = (...rows: BenchRow[]) => judgeGoals(rows).filter(({ verdict }) => verdict !== 'not measured');
const memory = { ...alone, name: 'peak memory: autoencoder 299 px, batch 64, native graph', unit: 'MB' };
const native = { ...alone, name: 'training: autoencoder 299 px, batch 16, native graph, CPU, 2 threads', unit: 'images/s', value: 13.7, rivalValue: 5 };

test('judgeGoals() says of a goal whose row is missing that it was not measured', () => {
  assert.deepEqual(new Set(judgeGoals([]).map(({ measured, verdict }) => `${measured}${verdict}`)), new Set(['not measured']));
});

test('judgeGoals() takes a bound itself for reached, and what is past it, though it rounds to the bound, for missed', () => {
  assert.deepEqual(verdictsOf({ ...memory, value: 4000 }).map(({ goal, measured, verdict }) => [goal, measured, verdict]), [['at most 4,000 MB', '4,000 MB', 'reached']]);
  assert.deepEqual(verdictsOf({ ...memory, value: 4000.1 }).map(({ verdict }) => verdict), ['missed']);
});

test('judgeGoals() judges the ratio to the rival of the goal, of rows with one name', () => {
  const rows = [{ ...native, rival: 'Python tf.function, oneDNN on', ratio: 1.05 }, { ...native, rival: 'PyTorch, channels last', ratio: 1.9 }, { ...native, rival: 'eager tfjs-node', ratio: 2.75 }];
  assert.deepEqual(verdictsOf(...rows).map(({ measured, verdict }) => [measured, verdict]), [['2.75 x', 'reached'], ['1.05 x', 'missed']]);
});

test('judgeGoals() takes a row without its rival for not measured', () => {
  assert.deepEqual(verdictsOf({ ...alone, name: 'TFRecord writing, 31 kB', unit: 'records/s', value: 90_000 }), []);
});

test('every goal finds its row on the page of the last run', () => {
  const page = readFileSync(path.join(import.meta.dirname, '../../docs/performance.md'), 'utf8');
  const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim())).filter(({ length }) => length > 7);
  const measured = rows.map(([, name = '', , unit = '', rival = '', , ratio = '']) => ({ ...alone, name, unit, value: 1, rival: rival || null, ratio: ratio === '' ? null : Number(ratio) }));
  assert.deepEqual(judgeGoals(measured).filter(({ verdict }) => verdict === 'not measured'), []);
});
