/** What the chart renders, held against the OpenAPI description of Kubernetes itself. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { helm, helmVersion, runHelm } from '../../scripts/helm.ts';
import { kubeconform, kubeconformSchemas, kubeconformVersion } from '../../scripts/kubeconform.ts';
import { oracleOrSkip } from '../oracles/oracles.ts';

const root = path.join(import.meta.dirname, '../..');
const canRun = (t: TestContext) =>
  oracleOrSkip(t, existsSync(helm), `helm ${helmVersion} is not built: run \`npm run build:oracles\``) && oracleOrSkip(t, existsSync(kubeconform), `kubeconform ${kubeconformVersion} is not built: run \`npm run build:oracles\``);

interface Summary {
  readonly valid: number;
  readonly invalid: number;
  readonly errors: number;
  readonly skipped: number;
}

/** Kinds of the Prometheus operator and of our own are described nowhere in Kubernetes. */
function check(manifest: string): { summary: Summary; said: string } {
  const args = ['-strict', '-summary', '-output', 'json', '-skip', 'ServiceMonitor,PrometheusRule,ChexTraining', '-schema-location', `${kubeconformSchemas}/{{.ResourceKind}}{{.KindSuffix}}.json`, '-'];
  const { stdout } = spawnSync(kubeconform, args, { input: manifest, encoding: 'utf8' });
  const { summary } = JSON.parse(stdout) as { summary: Summary };
  return { summary, said: stdout };
}

/** Sets of values that people install with. */
const sets = {
  'the defaults': [],
  'everything on': ['openCost.url="http://opencost.opencost:9003/metrics"', 'metrics.serviceMonitor.enabled=true', 'metrics.prometheusRule.enabled=true', 'dashboards.enabled=true', 'prices={"nodes":[{"perHour":"1"}]}', 'affinity={"nodeAffinity":{}}', 'priorityClassName="high"', 'tolerations=[{"key":"a","operator":"Exists"}]', 'podAnnotations={"a":"b"}', 'workerEnv={"A":"b"}', 'imagePullSecrets=[{"name":"a"}]', 'serviceAccount.annotations={"eks.amazonaws.com/role-arn":"arn:aws:iam::111122223333:role/operator"}'],
  'rights in two namespaces': ['namespaces=["lungs","hearts"]'],
  'as GitOps installs it, the definition apart': ['crds.enabled=false'],
};

for (const [name, values] of Object.entries(sets)) {
  test(`kubeconform finds no fault in the chart with ${name}`, (t) => {
    if (!canRun(t)) return;
    const { isOk, stdout, stderr } = runHelm('template', 'chex', 'charts/chex-operator', '--namespace', 'operators', ...values.flatMap((value) => ['--set-json', value]));
    assert.ok(isOk, stderr);
    const { summary, said } = check(stdout);
    assert.ok(summary.valid >= 12 && summary.invalid === 0 && summary.errors === 0, said);
  });
}

test('kubeconform finds no fault in install.yaml, and finds one where there is one', (t) => {
  if (!canRun(t)) return;
  const manifest = readFileSync(path.join(root, 'manifests/install.yaml'), 'utf8');
  assert.deepEqual(check(manifest).summary, { valid: 14, invalid: 0, errors: 0, skipped: 0 });
  assert.equal(check(manifest.replace('replicas: 2', 'replicas: two')).summary.invalid, 1);
  assert.equal(check(manifest.replace('replicas: 2', 'replicaz: 2')).summary.invalid, 1);
});
