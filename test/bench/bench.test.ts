import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

function bench(...words: readonly string[]): readonly [status: number | null, stdout: string, stderr: string] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(import.meta.dirname, '../../scripts/bench.ts'), ...words], { encoding: 'utf8' });
  return [status, stdout, stderr];
}

test('bench refuses with 64 and a sentence, before it measures, what it does not know', () => {
  assert.deepEqual(bench('--jsno'), [64, '', 'There is no option --jsno. Did you mean --json?\n']);
  assert.deepEqual(bench('operator', 'egnines'), [64, '', 'There is no part egnines; known are catalog, tfrecord, preprocess, native, input, engines, operator.\n']);
  assert.deepEqual(bench('operator', '--write'), [64, '', 'The option --write replaces the whole of docs/performance.md, so it needs all parts: name none.\n']);
});

test('bench --help names parts and options, and measures nothing', () => {
  const [status, stdout, stderr] = bench('--help');
  assert.deepEqual([status, stderr], [0, '']);
  for (const word of ['tfrecord', 'operator', '--json', '--write']) assert.ok(stdout.includes(word), stdout);
});
