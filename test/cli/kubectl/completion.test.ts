import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { completionScript } from '../../../src/cli/kubectl/completion.ts';

/** What bash offers after these words. */
function offered(...words: readonly string[]): string[] {
  const script = `kubectl() { echo chextraining.chex.dev/chest; }\n${completionScript('bash')}\nCOMP_WORDS=(kubectl-chex ${words.map((word) => `'${word}'`).join(' ')})\nCOMP_CWORD=${words.length}\n_kubectl_chex\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trim().split('\n');
}

test('bash completes commands, observations and the names of trainings', () => {
  assert.deepEqual(offered('re'), ['resume', 'report', 'rerun']);
  assert.deepEqual(offered('logs', 'Pl'), ['Pleural_Other', 'Pleural_Effusion']);
  assert.deepEqual(offered('status', ''), ['chest']);
});

test('the script for zsh is that of bash, with what zsh needs for it', () => {
  assert.equal(completionScript('zsh'), `autoload -Uz bashcompinit && bashcompinit\n${completionScript('bash')}`);
});
