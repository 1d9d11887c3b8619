import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { completionScript } from '../../../src/cli/kubectl/completion.ts';
import { oracleOrSkip } from '../../oracles/oracles.ts';

/** A kubectl that knows a training in each of two namespaces. */
const kubectl = 'kubectl() { case "$*" in *--namespace=ward*) echo chextraining.chex.dev/lungs ;; *) echo chextraining.chex.dev/chest ;; esac; }';

/** What a shell prints for a script. */
function said(shell: string, script: string, args: readonly string[] = []): string {
  const { status, stdout, stderr } = spawnSync(shell, ['-c', script, ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: tmpdir(), TERM: 'dumb' }, timeout: 60_000 });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** What bash offers after these words. */
function offered(...words: readonly string[]): string[] {
  const line = `COMP_WORDS=(kubectl-chex ${words.map((word) => `'${word}'`).join(' ')})\nCOMP_CWORD=${words.length}\n_kubectl_chex`;
  return said('bash', `${kubectl}\n${completionScript('bash')}\n${line}\nprintf '%s\\n' "\${COMPREPLY[@]}"`).trim().split('\n');
}

test('bash completes commands, observations and the names of trainings', () => {
  assert.deepEqual(offered('re'), ['resume', 'report', 'rerun']);
  assert.deepEqual(offered('logs', 'Pl'), ['Pleural_Other', 'Pleural_Effusion']);
  assert.deepEqual(offered('logs', '-f', 'Ede'), ['Edema']);
  assert.deepEqual(offered('status', ''), ['chest']);
  assert.deepEqual(offered('status', '-n', 'ward', ''), ['lungs'], 'of the namespace that is asked for');
  assert.deepEqual(offered('logs', 'Edema', '--training', ''), ['chest']);
  assert.deepEqual(offered('estimate', '-f', 't'), [''], 'nothing of its own: bash goes on with files');
});

test('kubectl completes `kubectl chex` by the program kubectl_complete-chex', () => {
  const asked = (...words: readonly string[]) => said('bash', completionScript('kubectl').replace('\n', `\n${kubectl}\n`), ['kubectl_complete-chex', ...words]).trim().split('\n');
  assert.deepEqual(asked('rerun', 'Edema', 'Ple'), ['Pleural_Other', 'Pleural_Effusion', ':4']);
  assert.deepEqual(asked('cost', ''), ['chest', ':4']);
  assert.deepEqual(asked('estimate', '-f', ''), [':0']);
});

test('zsh completes the same, at a real prompt', (t) => {
  if (!oracleOrSkip(t, spawnSync('zsh', ['--version']).status === 0, 'there is no zsh: run `npm run build:oracles`')) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'chex-zsh-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'training.yaml'), '');
  writeFileSync(path.join(folder, 'rc'), `cd ${folder}\nPS1='> '\n${kubectl}\n${completionScript('zsh').replace('&& compinit;', '&& compinit -D -u;')}\nkubectl-chex() { print -r -- "<$*>"; }\nprint READY\n`);
  const typed = (...lines: readonly string[]) => {
    // A terminal of zsh's own: the tab key, then Enter, and the command says what it was given.
    const type = lines.map((line) => `zpty -w -n shell ${quoted(`kubectl-chex ${line}\t\n`)}\nzpty -r -m shell seen '*>${'\r'}*'; print -r -- "\${\${seen##*<}%%>*}"`);
    return said('zsh', `zmodload zsh/zpty\nzpty shell zsh -f -i\nzpty -w shell 'source ${folder}/rc'\nzpty -r -m shell seen '*READY${'\r'}*'\n${type.join('\n')}\nzpty -d shell`).trim().split('\n');
  };
  const lines = typed('su', 'logs Pleural_O', 'rerun Edema Pleural_E', 'status ', 'status -n ward ', 'estimate -f tr');
  assert.deepEqual(lines.map((line) => line.trim()), ['suspend', 'logs Pleural_Other', 'rerun Edema Pleural_Effusion', 'status chest', 'status -n ward lungs', 'estimate -f training.yaml']);
});

function quoted(text: string): string {
  return `$'${text.replaceAll('\t', '\\t').replaceAll('\n', '\\n')}'`;
}
