import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

const main = path.join(import.meta.dirname, '../../src/main.ts');

test('what is printed for a reader that has gone ends without a word, as by SIGPIPE', () => {
  const { stdout, stderr } = spawnSync('bash', ['-c', `"$0" "$1" crd | true; echo "\${PIPESTATUS[0]}"`, process.execPath, main], { encoding: 'utf8' });
  assert.deepEqual([stdout.trim(), stderr], ['141', '']);
});
