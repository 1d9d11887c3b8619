/** The chart with other values than its defaults: what they change, and which are refused. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { helm, helmVersion, runHelm } from '../../scripts/helm.ts';
import { oracleOrSkip } from '../oracles/oracles.ts';
import type { Deployment, NetworkPolicy, Objects } from './objects.ts';
import { objectsOf } from './objects.ts';

const helmOrSkip = (t: TestContext) => oracleOrSkip(t, existsSync(helm), `helm ${helmVersion} is not built: run \`npm run build:oracles\``);

function template(...values: readonly string[]) {
  return runHelm('template', 'chex', 'charts/chex-operator', '--namespace', 'operators', ...values.flatMap((value) => ['--set-json', value]));
}

function render(...values: readonly string[]): Objects {
  const { isOk, stdout, stderr } = template(...values);
  assert.ok(isOk, stderr);
  return objectsOf(stdout);
}

const podOf = (objects: Objects) => objects.one<Deployment>('Deployment', 'chex').spec.template.spec;

test('helm finds no fault in the chart', (t) => {
  if (!helmOrSkip(t)) return;
  const { isOk, stdout, stderr } = runHelm('lint', '--strict', 'charts/chex-operator');
  assert.ok(isOk, stdout + stderr);
});

test('namespaces gives rights in these namespaces alone, and a network policy for their workers', (t) => {
  if (!helmOrSkip(t)) return;
  const objects = render('namespaces=["lungs","hearts"]');
  assert.deepEqual(objects.names.filter((name) => /Binding|NetworkPolicy/.test(name)), [
    'NetworkPolicy hearts/chex-workers',
    'NetworkPolicy lungs/chex-workers',
    'NetworkPolicy operators/chex',
    'RoleBinding hearts/chex',
    'RoleBinding lungs/chex',
    'RoleBinding operators/chex-lease',
  ]);
  assert.ok(podOf(objects).containers[0]?.args.includes('--namespaces=lungs,hearts'));
});

test('a digest takes the place of the tag', (t) => {
  if (!helmOrSkip(t)) return;
  const digest = `sha256:${'0a'.repeat(32)}`;
  const [container] = podOf(render(`image={"repository":"registry.example/chex-operator","tag":"1","digest":"${digest}"}`, 'workerImage.tag="2"')).containers;
  assert.equal(container?.image, `registry.example/chex-operator@${digest}`);
  assert.ok(container.args.includes('--worker-image=chex-worker:2'));
});

test('the names of pull secrets reach the Pods of the operator and, by a flag, those of the Jobs', (t) => {
  if (!helmOrSkip(t)) return;
  const pod = podOf(render('imagePullSecrets=[{"name":"one"},{"name":"two"}]'));
  assert.deepEqual(pod.imagePullSecrets, [{ name: 'one' }, { name: 'two' }]);
  assert.ok(pod.containers[0]?.args.includes('--image-pull-secrets=one,two'));
});

test('the Lease is that of the release, for the flag and for the right', (t) => {
  if (!helmOrSkip(t)) return;
  const objects = render();
  assert.ok(podOf(objects).containers[0]?.args.includes('--lease-name=chex'));
  assert.deepEqual(objects.one<{ rules: { resourceNames?: string[] }[] }>('Role', 'chex-lease').rules.map(({ resourceNames }) => resourceNames), [undefined, ['chex']]);
});

test('the CRD and the network policies can be left out, and the CRD may go with the chart', (t) => {
  if (!helmOrSkip(t)) return;
  const names = (...values: string[]) => render(...values).names.filter((name) => /Custom|Network/.test(name));
  assert.deepEqual(names('crds.enabled=false', 'networkPolicy.enabled=false', 'namespaces=["lungs"]'), []);
  const { metadata } = render('crds.keep=false').one<{ metadata: object }>('CustomResourceDefinition', 'chextrainings.chex.dev');
  assert.equal('annotations' in metadata, false);
});

test('the ports of the API server and of S3 are those of the values', (t) => {
  if (!helmOrSkip(t)) return;
  const objects = render('namespaces=["lungs"]', 'networkPolicy={"apiServerPorts":[6444],"s3Ports":[7070]}');
  const ports = (name: string) => objects.one<NetworkPolicy>('NetworkPolicy', name).spec.egress.filter(({ to }) => to === undefined).map((rule) => rule.ports.map(({ port }) => port));
  assert.deepEqual([ports('chex'), ports('chex-workers')], [[[53, 53], [6444]], [[53, 53], [7070]]]);
});

/** Values that are wrong, and the field that helm's message names. */
const wrong = {
  'replica=2': 'replica',
  'replicas=0': '/replicas',
  'logLevel="loud"': '/logLevel',
  'namespaces="lungs"': '/namespaces',
  'namespaces=["Lungs"]': '/namespaces/0',
  'image.repository=""': '/image/repository',
  'image.digest="latest"': '/image/digest',
  'imagePullSecrets=["registry"]': '/imagePullSecrets/0',
  'resources.limits.memory="half"': '/resources/limits/memory',
  'nodeSelector={"gpu":true}': '/nodeSelector/gpu',
  'networkPolicy.s3Ports=[]': '/networkPolicy/s3Ports',
  'crds.enabled="yes"': '/crds/enabled',
};

for (const [value, field] of Object.entries(wrong)) {
  test(`the chart refuses ${value}`, (t) => {
    if (!helmOrSkip(t)) return;
    const { isOk, stderr } = template(value);
    assert.equal(isOk, false);
    assert.ok(stderr.includes(field), stderr);
  });
}
