import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

const main = path.join(import.meta.dirname, '../../src/main.ts');

/** What `chex` says to these arguments, without the hint of its last line. */
function said(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  assert.deepEqual([status, stdout], [64, ''], stderr);
  const [sentence = '', hint] = stderr.trimEnd().split('\n');
  assert.match(hint ?? '', /^chex .*--help tells more\.$/);
  return sentence;
}

test('chex says in a sentence what is wrong with its arguments, and ends with 64', () => {
  assert.equal(said('plan'), 'The option -f, --file <training.yaml> is missing: it must be given.');
  assert.equal(said('plan', '-f'), 'The option -f, --file <training.yaml> has no value: write one after it.');
  assert.equal(said('plan', '-f', 'a', '-o', 'xml'), 'The option -o, --output <form> cannot be "xml". Allowed choices are table, json, yaml.');
  assert.equal(said('run', '-f', 'a', '--parallel', '-1'), 'The option --parallel <number> cannot be "-1". It must be a whole number.');
  assert.equal(said('run', '-f', 'a', '--paralel', '2'), 'There is no option --paralel. Did you mean --parallel?');
  assert.equal(said('trian'), 'There is no command trian.');
  assert.equal(said('predit'), 'There is no command predit. Did you mean predict?');
  assert.equal(said('validate', '-f', 'a', 'b'), 'There are words that belong to no option.');
});
