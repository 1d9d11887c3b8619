/** `kubectl chex` as people type it: the plugin on the PATH of a real kubectl. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { kubectlProgram } from '../kubectl.ts';
import { kubeconfig, s3 } from '../layout.ts';
import { Namespace } from './trainings.ts';

const namespace = new Namespace('chex-e2e-kubectl');
const folder = mkdtempSync(path.join(tmpdir(), 'chex-plugin-'));
before(async () => {
  await namespace.create();
  const main = path.join(import.meta.dirname, '../../../src/main.ts');
  writeFileSync(path.join(folder, 'kubectl-chex'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, { mode: 0o755 });
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await namespace.remove();
});

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function chex(...args: readonly string[]): Said {
  const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _key, ...environment } = process.env;
  return chexWith(environment, ...args);
}

function chexWith(environment: NodeJS.ProcessEnv, ...args: readonly string[]): Said {
  // Colours are for terminals: this is none, whatever CI systems wish.
  const env = { ...environment, FORCE_COLOR: '1', CI: '1', PATH: `${folder}:${process.env['PATH']}`, KUBECONFIG: process.env['KUBECONFIG'] ?? kubeconfig };
  const { status, stdout, stderr } = spawnSync(kubectlProgram, ['chex', ...args, '--namespace', namespace.name], { encoding: 'utf8', env });
  return { code: status, out: stdout, err: stderr };
}

test('kubectl chex shows a training, stops it, lets it go on, follows it to its end, asks for one more and fetches the report', async (t) => {
  const started = performance.now();
  assert.match(chex('status').out, /^There are no trainings in namespace chex-e2e-kubectl\.$/m);
  const training = namespace.applyTraining('chest', { autoencoders: { epochs: 500 }, prices: { source: 'made up', nodes: [{ perHour: '360' }] } });
  await training.until('both train', () => training.status()?.observations.every(({ epoch = 0 }) => epoch > 1));
  const status = chex('status');
  assert.match(status.out, /^autoencoders {2}\d+ % {2}0\/2 classes .* cost \d+\.\d+ USD$/m);
  assert.match(status.out, /^ {2}Support Devices +active +█/m);
  assert.ok(status.out.split('\n').every((line) => line.length <= 100));
  assert.match(chex('cost').out, /^Prices {4}made up$/m);
  assert.match(chex('logs', 'support devices').out, /"message":/);

  assert.equal(chex('suspend').out, `${namespace.name}/chest: workers save their checkpoints and stop.\n`);
  await training.untilCondition('Suspended');
  await training.until('its Pods are gone', () => training.pods().every(({ status: { phase } }) => phase !== 'Running'));
  assert.match(chex('status').out, /^Suspended: /m);
  assert.equal(training.status()?.cost?.wasted, '0.000000', 'what was saved is not lost');
  assert.equal(chex('resume').code, 0);
  const watched = chex('watch');
  assert.deepEqual([watched.code, watched.out.trim().split('\n').at(-1)], [0, `The report is written: ${training.folder}/report/report.html`]);

  assert.match(chex('rerun', 'edema').out, /Edema will be trained again, and then the combined model\./);
  await training.until('it has begun again', () => training.status()?.completionTime === undefined);
  await training.untilCondition('Succeeded');
  const without = chex('report', '--out', path.join(folder, 'report'));
  assert.deepEqual([without.code, /no credentials were found.*It lies at s3:\/\//s.test(without.err)], [1, true], without.err);
  const keys = { AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey };
  const report = chexWith({ ...process.env, ...keys }, 'report', '--endpoint', s3.endpoint, '--out', path.join(folder, 'report'));
  assert.deepEqual([report.code, report.out.trim()], [0, path.join(folder, 'report/report.html')], report.err);
  assert.ok(existsSync(report.out.trim()) && 'macro' in (JSON.parse(readFileSync(path.join(folder, 'report/report.json'), 'utf8')) as object));
  const wrong = chex('status', 'chst');
  assert.deepEqual([wrong.code, wrong.err.trim()], [1, `There is no training "chst" in namespace ${namespace.name}: there is chest; did you mean chest?`]);
  t.diagnostic(`${Math.round((performance.now() - started) / 1000)} s`);
});
