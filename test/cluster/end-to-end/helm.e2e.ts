/** The chart by a real helm: installed, changed, removed; what is kept is taken up again. Beside the suite's operator, with rights in a namespace of its own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { helm, helmVersion } from '../../../scripts/helm.ts';
import { kubectl } from '../kubectl.ts';
import { kubeconfig } from '../layout.ts';

const namespace = 'chex-e2e-helm';
const chart = path.join(import.meta.dirname, '../../../charts/chex-operator');
const inNamespace = (...args: readonly string[]) => kubectl(['--namespace', namespace, ...args]);

function runHelm(...args: readonly string[]): string {
  const env = { HOME: process.env['HOME'], PATH: process.env['PATH'], KUBECONFIG: process.env['KUBECONFIG'] ?? kubeconfig };
  const { status, stdout, stderr } = spawnSync(helm, [...args, '--namespace', namespace], { encoding: 'utf8', env });
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

before(() => {
  remove();
  kubectl(['create', 'namespace', namespace]);
  kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted']);
});
after(remove);

const skip = existsSync(helm) || process.env['CHEX_REQUIRE_ORACLES'] !== undefined ? false : `helm ${helmVersion} is not built: run \`npm run build:oracles\``;

test('helm installs, upgrades and removes the chart; trainings and their definition stay, and a new release takes them up', { skip }, (t) => {
  const started = performance.now();
  // The definition is the suite's, so that no release of this test can take it away.
  const values = ['--set', `namespaces={${namespace}}`, '--set', 'crds.enabled=false', '--set', 'replicas=1'];
  const notes = runHelm('install', 'lungs', chart, ...values, '--wait', '--timeout', '120s');
  assert.match(notes, /kubectl get chextrainings --watch/);
  kubectl(['--namespace', namespace, 'apply', '--filename=-'], JSON.stringify({ apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', metadata: { name: 'kept' }, spec: { dataset: { uri: 's3://films/phantoms' }, output: { uri: 's3://films/runs' }, combined: { backbone: 'Small' }, suspend: true } }));

  const prices = ['--set-json', 'prices={"currency":"EUR","source":"a quote","nodes":[{"perHour":"9.50"}]}', '--set', 'logLevel=debug'];
  runHelm('upgrade', 'lungs', chart, ...values, ...prices, '--wait', '--timeout', '120s');
  const args = inNamespace('get', 'deployment', 'lungs', '--output=jsonpath={.spec.template.spec.containers[0].args}');
  assert.match(args, /--prices=\/etc\/chex\/prices\.yaml/);
  assert.match(inNamespace('logs', 'deployment/lungs'), /"message":"Started"/);
  inNamespace('get', 'rolebinding', 'lungs');

  runHelm('uninstall', 'lungs', '--wait', '--timeout', '120s');
  assert.equal(inNamespace('get', 'deployments,services,serviceaccounts,configmaps', '--selector=app.kubernetes.io/instance=lungs', '--output=name'), '');
  assert.equal(inNamespace('get', 'chextrainings', '--output=name').trim(), 'chextraining.chex.dev/kept');
  runHelm('install', 'hearts', chart, ...values, '--wait', '--timeout', '120s');
  inNamespace('rollout', 'status', 'deployment/hearts', '--timeout=60s');
  runHelm('uninstall', 'hearts', '--wait', '--timeout', '120s');
  t.diagnostic(`${Math.round((performance.now() - started) / 1000)} s`);
});

test('the API server takes everything that the chart can render, with all of it switched on', { skip }, () => {
  const all = ['--set', 'dashboards.enabled=true', '--set-json', 'prices={"nodes":[{"perHour":"1"}]}', '--set', 'priorityClassName=system-cluster-critical', '--set-json', 'podAnnotations={"a":"b"}'];
  const rendered = runHelm('template', 'lungs', chart, ...all);
  kubectl(['--namespace', namespace, 'apply', '--server-side', '--dry-run=server', '--validate=strict', '--force-conflicts', '--filename=-'], rendered);
});

function remove(): void {
  kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=180s']);
  kubectl(['delete', 'clusterrole,clusterrolebinding', '--selector=app.kubernetes.io/instance in (lungs,hearts)', '--ignore-not-found']);
}
