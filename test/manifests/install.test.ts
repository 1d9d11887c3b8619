/** What `kubectl apply --server-side -f manifests/install.yaml` puts on a cluster; above all, how little the operator may do there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import { parse } from 'yaml';
import { customResourceDefinition } from '../../src/api/crd.ts';
import type { OperatorOptions } from '../../src/operator/options.ts';
import { operatorFlags } from '../../src/operator/options.ts';
import { accountOf, asStep } from '../../src/plan/as-step.ts';
import { renderJob } from '../../src/plan/job.ts';
import { planTraining } from '../../src/plan/plan.ts';
import { aTraining, someSettings } from '../builders.ts';
import type { Deployment, NetworkPolicy, Rule } from './objects.ts';
import { objectsOf } from './objects.ts';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const install = objectsOf(read('manifests/install.yaml'));
const { template } = install.one<Deployment>('Deployment', 'chex-operator').spec;
const [container] = template.spec.containers;
const rulesOf = (kind: string, name: string) => grantsOf(install.one<{ rules: Rule[] }>(kind, name).rules);

/** Each right as one line. */
function grantsOf(rules: readonly Rule[]): string[] {
  return rules
    .flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
      apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}${resourceNames === undefined ? '' : ` ${resourceNames.join(' ')}`} of ${group === '' ? 'core' : group}`))))
    .sort();
}

function optionsOf(args: readonly string[]): OperatorOptions {
  const command = new Command().exitOverride();
  for (const flag of operatorFlags) command.addOption(flag);
  return command.parse([...args], { from: 'user' }).opts<OperatorOptions>();
}

test('install.yaml holds these objects, and no others', () => {
  assert.deepEqual(install.names, [
    'ClusterRole chex-operator',
    'ClusterRole chex-operator-admin',
    'ClusterRole chex-operator-editor',
    'ClusterRole chex-operator-viewer',
    'ClusterRoleBinding chex-operator',
    'CustomResourceDefinition chextrainings.chex.dev',
    'Deployment chex-system/chex-operator',
    'Namespace chex-system',
    'NetworkPolicy chex-system/chex-operator',
    'PodDisruptionBudget chex-system/chex-operator',
    'Role chex-system/chex-operator-lease',
    'RoleBinding chex-system/chex-operator-lease',
    'Service chex-system/chex-operator-metrics',
    'ServiceAccount chex-system/chex-operator',
  ]);
});

test('the operator has these rights, and no others: no Secret, no wildcard, no rights to give', () => {
  assert.deepEqual(rulesOf('ClusterRole', 'chex-operator'), [
    'create events of core',
    'create jobs of batch',
    'delete jobs of batch',
    'get chextrainings of chex.dev',
    'get events of core',
    'get jobs of batch',
    'get nodes of core',
    'list chextrainings of chex.dev',
    'list events of core',
    'list jobs of batch',
    'list pods of core',
    'patch chextrainings/status of chex.dev',
    'patch events of core',
    'update chextrainings/finalizers of chex.dev',
    'watch chextrainings of chex.dev',
    'watch jobs of batch',
    'watch pods of core',
  ]);
  assert.deepEqual(rulesOf('Role', 'chex-operator-lease'), ['create leases of coordination.k8s.io', 'get leases chex-operator of coordination.k8s.io', 'update leases chex-operator of coordination.k8s.io']);
});

test('the rights are bound to the account of the operator alone', () => {
  const account = [{ kind: 'ServiceAccount', name: 'chex-operator', namespace: 'chex-system' }];
  for (const [kind, name, role] of [['ClusterRoleBinding', 'chex-operator', 'ClusterRole chex-operator'], ['RoleBinding', 'chex-operator-lease', 'Role chex-operator-lease']] as const) {
    const { roleRef, subjects } = install.one<{ roleRef: { kind: string; name: string }; subjects: unknown }>(kind, name);
    assert.deepEqual({ role: `${roleRef.kind} ${roleRef.name}`, subjects }, { role, subjects: account });
  }
});

test('people who may view, edit or administer a namespace may do so to its trainings', () => {
  const reading = ['get', 'list', 'watch'];
  const writing = ['create', 'delete', 'patch', 'update'];
  const verbs = { viewer: reading, editor: [...reading, ...writing], admin: [...reading, ...writing, 'deletecollection'] };
  for (const [person, role] of [['viewer', 'view'], ['editor', 'edit'], ['admin', 'admin']] as const) {
    assert.deepEqual(rulesOf('ClusterRole', `chex-operator-${person}`), verbs[person].map((verb) => `${verb} chextrainings of chex.dev`).sort());
    const { labels } = install.one<{ metadata: { labels: object } }>('ClusterRole', `chex-operator-${person}`).metadata;
    assert.deepEqual(Object.entries(labels).filter(([key]) => key.startsWith('rbac.')), [[`rbac.authorization.k8s.io/aggregate-to-${role}`, 'true']]);
  }
});

test("the operator's Pod passes Pod Security restricted, which its namespace enforces, and writes nowhere", () => {
  assert.equal(install.one<{ metadata: { labels: Record<string, string> } }>('Namespace', 'chex-system').metadata.labels['pod-security.kubernetes.io/enforce'], 'restricted');
  const { securityContext, containers, ...pod } = template.spec;
  assert.deepEqual([securityContext['runAsNonRoot'], securityContext['seccompProfile']], [true, { type: 'RuntimeDefault' }]);
  assert.ok(Number(securityContext['runAsUser']) > 0 && Number(securityContext['runAsGroup']) > 0);
  assert.equal(containers.length, 1);
  assert.deepEqual(container?.securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
  assert.deepEqual(Object.keys(pod).filter((key) => key.startsWith('host') || key === 'volumes' || key === 'initContainers'), []);
});

test('the token of the account is mounted into the Pods of the operator alone', () => {
  const { automountServiceAccountToken } = install.one<{ automountServiceAccountToken: boolean }>('ServiceAccount', 'chex-operator');
  assert.deepEqual([automountServiceAccountToken, template.spec.automountServiceAccountToken, template.spec.serviceAccountName], [false, true, 'chex-operator']);
});

test('the operator is told what it needs by flags that it has, and is asked where it answers', () => {
  const [command, ...flags] = container?.args ?? [];
  const options = optionsOf(flags);
  const version = (parse(read('charts/chex-operator/Chart.yaml')) as { appVersion: string }).appVersion;
  assert.equal(command, 'operator');
  assert.deepEqual([container?.image, options.workerImage], [`chex-operator:${version}`, `chex-worker:${version}`]);
  assert.deepEqual([options.namespaces, options.leaderElection, options.leaseName], [[], true, 'chex-operator']);
  assert.deepEqual(container?.ports, [{ name: 'metrics', containerPort: options.port }]);
  assert.deepEqual([container?.livenessProbe.httpGet, container?.readinessProbe.httpGet], [{ path: '/healthz', port: 'metrics' }, { path: '/readyz', port: 'metrics' }]);
  const { ports } = install.one<{ spec: { ports: unknown } }>('Service', 'chex-operator-metrics').spec;
  assert.deepEqual(ports, [{ name: 'metrics', port: options.port, targetPort: 'metrics' }]);
});

test('every selector finds the Pods of the operator', () => {
  const selectors = [
    install.one<Deployment>('Deployment', 'chex-operator').spec.selector.matchLabels,
    install.one<Deployment>('PodDisruptionBudget', 'chex-operator').spec.selector.matchLabels,
    install.one<{ spec: { selector: Record<string, string> } }>('Service', 'chex-operator-metrics').spec.selector,
    install.one<NetworkPolicy>('NetworkPolicy', 'chex-operator').spec.podSelector.matchLabels,
  ];
  for (const selector of selectors) {
    assert.ok(Object.keys(selector).length > 0);
    assert.deepEqual({ ...template.metadata.labels, ...selector }, template.metadata.labels);
  }
});

const nothingYet: Parameters<typeof accountOf>[1] = { views: [], counts: [], status: null, spending: { currency: 'USD', spent: null, wasted: null, ratePerHour: null, unpricedSeconds: 0, sources: [], missing: [] } };

test('the network policy lets the operator ask workers for their progress', () => {
  const [training, settings] = [aTraining(), someSettings()];
  const plan = planTraining({ training, settings, results: new Map() });
  const [catalog] = plan.steps;
  assert.ok(catalog?.draft);
  const { metadata, spec } = renderJob(asStep(catalog.draft, 1, accountOf(plan, nothingYet)), training, settings).spec.template;
  const egress = install.one<NetworkPolicy>('NetworkPolicy', 'chex-operator').spec.egress.find(({ to }) => to !== undefined);
  const selector = egress?.to?.[0]?.podSelector.matchLabels ?? {};
  assert.deepEqual(egress?.ports.map(({ port }) => port), spec.containers[0]?.ports.map(({ containerPort }) => containerPort));
  assert.ok(Object.keys(selector).length > 0);
  assert.deepEqual({ ...metadata.labels, ...selector }, metadata.labels);
});

test('one replica at a time may be taken away, and any may be alone', () => {
  assert.equal(install.one<Deployment>('Deployment', 'chex-operator').spec.replicas, 2);
  assert.equal(install.one<{ spec: { maxUnavailable: number } }>('PodDisruptionBudget', 'chex-operator').spec.maxUnavailable, 1);
});

test('the CRD is that of src/api, and helm leaves it when the chart goes', () => {
  const { metadata, ...crd } = install.one<{ metadata: { annotations: unknown } }>('CustomResourceDefinition', 'chextrainings.chex.dev');
  const { metadata: _, ...expected } = customResourceDefinition();
  assert.deepEqual(crd, JSON.parse(JSON.stringify(expected)));
  assert.deepEqual(metadata.annotations, { 'helm.sh/resource-policy': 'keep' });
});

test('the chart has the version of the package', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  const chart = parse(read('charts/chex-operator/Chart.yaml')) as { version: string; appVersion: string };
  assert.deepEqual([chart.version, chart.appVersion], [version, version]);
});
