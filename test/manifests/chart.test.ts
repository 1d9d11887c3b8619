/** The chart with other values than its defaults: what they change, and which are refused. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { parse } from 'yaml';
import { helm, helmVersion, runHelm } from '../../scripts/helm.ts';
import { parsePrices } from '../../src/api/parse-prices.ts';
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

test('prices reach the operator as a file, in the form that it reads, and other prices make new Pods', (t) => {
  if (!helmOrSkip(t)) return;
  const perHour = (amount: string) => `prices={"currency":"EUR","source":"a quote","date":"2026-07-20","nodes":[{"instanceType":"dgx","perHour":"${amount}"}]}`;
  const [objects, others] = [render(perHour('9.50')), render(perHour('9.60'))];
  const { data } = objects.one<{ data: Record<string, string> }>('ConfigMap', 'chex-prices');
  const parsed = parsePrices(parse(data['prices.yaml'] ?? ''));
  assert.deepEqual(parsed, { ok: true, prices: { currency: 'EUR', source: 'a quote', date: '2026-07-20', nodes: [{ instanceType: 'dgx', perHour: '9.50' }] } });
  const pod = podOf(objects) as unknown as MountingPod;
  const [container] = pod.containers;
  assert.deepEqual([container?.volumeMounts, pod.volumes], [[{ name: 'prices', mountPath: '/etc/chex', readOnly: true }], [{ name: 'prices', configMap: { name: 'chex-prices' } }]]);
  assert.ok(container?.args.includes('--prices=/etc/chex/prices.yaml'));
  const stamp = (from: Objects) => from.one<AnnotatedDeployment>('Deployment', 'chex').spec.template.metadata.annotations['checksum/prices'] ?? '';
  assert.match(stamp(objects), /^[0-9a-f]{64}$/);
  assert.notEqual(stamp(objects), stamp(others));
});

test('monitoring is off by default; switched on, what is selected by labels has them', (t) => {
  if (!helmOrSkip(t)) return;
  const monitoring = (names: readonly string[]) => names.filter((name) => /Monitor|Rule |dashboard/.test(name));
  assert.deepEqual(monitoring(render().names), []);
  const objects = render('metrics={"serviceMonitor":{"enabled":true,"labels":{"release":"prometheus"},"interval":"15s"},"prometheusRule":{"enabled":true,"labels":{"release":"prometheus"}}}', 'dashboards.enabled=true', 'dashboards.annotations={"grafana_folder":"Trainings"}');
  const dashboards = readdirSync('charts/chex-operator/dashboards').map((file) => `ConfigMap operators/chex-dashboard-${file.replace('.json', '')}`);
  assert.deepEqual(monitoring(objects.names), [...dashboards.sort(), 'PrometheusRule operators/chex', 'ServiceMonitor operators/chex']);
  const monitor = objects.one<Labelled & { spec: { selector: { matchLabels: object }; endpoints: object[] } }>('ServiceMonitor', 'chex');
  assert.equal(monitor.metadata.labels['release'], 'prometheus');
  assert.deepEqual(monitor.spec.endpoints, [{ port: 'metrics', interval: '15s', honorLabels: true }]);
  const service = objects.one<Labelled>('Service', 'chex-metrics').metadata.labels;
  assert.deepEqual({ ...service, ...monitor.spec.selector.matchLabels }, service);
  const rule = objects.one<Labelled & { spec: unknown }>('PrometheusRule', 'chex');
  assert.deepEqual(rule.spec, parse(readFileSync('charts/chex-operator/alerts.yaml', 'utf8')));
  for (const name of dashboards) {
    const { metadata, data } = objects.one<Labelled & { metadata: { annotations: object }; data: Record<string, string> }>('ConfigMap', name.split('/')[1] ?? '');
    assert.equal(metadata.labels['grafana_dashboard'], '1');
    assert.deepEqual(metadata.annotations, { grafana_folder: 'Trainings' });
    const [[file = '', text = ''] = []] = Object.entries(data);
    assert.deepEqual(JSON.parse(text), JSON.parse(readFileSync(`charts/chex-operator/dashboards/${file}`, 'utf8')));
  }
});

test('the Pods of the operator take place, priority, annotations and variables of workers from the values', (t) => {
  if (!helmOrSkip(t)) return;
  const values = ['affinity={"nodeAffinity":{}}', 'priorityClassName="system-cluster-critical"', 'podAnnotations={"team":"lungs"}', 'workerEnv={"HTTPS_PROXY":"http://proxy:3128"}', 'podDisruptionBudget.enabled=false'];
  const objects = render(...values);
  const { metadata, spec } = objects.one<AnnotatedDeployment>('Deployment', 'chex').spec.template;
  assert.deepEqual([spec.affinity, spec.priorityClassName, metadata.annotations], [{ nodeAffinity: {} }, 'system-cluster-critical', { team: 'lungs' }]);
  assert.ok(podOf(objects).containers[0]?.args.includes('--worker-env=HTTPS_PROXY=http://proxy:3128'));
  assert.deepEqual(objects.names.filter((name) => name.startsWith('PodDisruption')), []);
});

interface Labelled {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
}

interface AnnotatedDeployment {
  readonly spec: { readonly template: { readonly metadata: { readonly annotations: Readonly<Record<string, string>> }; readonly spec: { readonly affinity?: unknown; readonly priorityClassName?: string } } };
}

interface MountingPod {
  readonly containers: readonly { readonly args: readonly string[]; readonly volumeMounts?: unknown }[];
  readonly volumes?: unknown;
}

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
  'prices.nodes=[{"perHour":"abc"}]': '/prices/nodes/0/perHour',
  'prices.currency="dollars"': '/prices/currency',
  'metrics.serviceMonitor.interval="often"': '/metrics/serviceMonitor/interval',
  'workerEnv={"A-B":"1"}': "'A-B'",
};

for (const [value, field] of Object.entries(wrong)) {
  test(`the chart refuses ${value}`, (t) => {
    if (!helmOrSkip(t)) return;
    const { isOk, stderr } = template(value);
    assert.equal(isOk, false);
    assert.ok(stderr.includes(field), stderr);
  });
}

test('the URL of OpenCost reaches the operator, and its port the network policy', (t) => {
  if (!helmOrSkip(t)) return;
  for (const [url, port] of [['http://opencost.opencost:9003/metrics', 9003], ['https://costs.example/metrics', 443], ['http://costs.example/metrics', 80]] as const) {
    const objects = render(`openCost.url="${url}"`);
    assert.ok(podOf(objects).containers[0]?.args.includes(`--open-cost-url=${url}`));
    const { spec } = objects.one<NetworkPolicy>('NetworkPolicy', 'chex');
    assert.ok(spec.egress?.some(({ to, ports }) => to === undefined && ports?.some((each) => each.port === port)), `${url}: ${JSON.stringify(spec.egress)}`);
  }
  assert.match(template('openCost.url="opencost:9003"').stderr, /openCost/);
});
