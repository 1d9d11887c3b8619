/** The operator's replicas: who leads, and what each tells of itself. */
import type { Pod } from '../../../src/api/kubernetes.ts';
import { killPod } from '../kill-pod.ts';
import { kubectl } from '../kubectl.ts';
import { system } from '../operator.ts';

const inSystem = (...args: readonly string[]) => kubectl(['--namespace', system, ...args]);

/** Names of the replicas that are ready. */
export function readyReplicas(): readonly string[] {
  const { items } = JSON.parse(inSystem('get', 'pods', '--selector=app.kubernetes.io/name=chex-operator', '--output=json')) as { items: Pod[] };
  const isReady = ({ metadata, status }: Pod) => metadata.deletionTimestamp === undefined && (status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false);
  return items.filter(isReady).map(({ metadata }) => metadata.name);
}

/** The replica that holds the Lease; null while none does that is ready. */
export function leader(): string | null {
  const holder = inSystem('get', 'lease', 'chex-operator', '--output=jsonpath={.spec.holderIdentity}');
  return readyReplicas().find((name) => holder.startsWith(`${name}_`)) ?? null;
}

/** `kill -9`. Its Pod is removed too: a container that is killed again and again is started later and later. */
export function killReplica(name: string): void {
  killPod(system, name);
  inSystem('delete', 'pod', name, '--ignore-not-found', '--grace-period=0', '--force', '--wait=false');
}

/** Sum of a metric's series, of those whose labels match. */
export function readMetric(replica: string, name: string, labels = /^/): number {
  const text = kubectl(['get', '--raw', `/api/v1/namespaces/${system}/pods/${replica}:8080/proxy/metrics`]);
  const series = [...text.matchAll(/^(\w+)(\{.*\})? (\S+)$/gm)].filter(([, of, its = '']) => of === name && labels.test(its));
  return series.reduce((sum, [, , , value]) => sum + Number(value), 0);
}

/** Requests that it sent to change something. */
export function writesOf(replica: string): number {
  return readMetric(replica, 'rest_client_requests_total', /method="(POST|PUT|PATCH|DELETE)"/);
}

/** Changes the arguments of the operator and waits until every replica is a new one. */
export function rollOut(change: (argument: string) => string): void {
  const args = (JSON.parse(inSystem('get', 'deployment', 'chex-operator', '--output=jsonpath={.spec.template.spec.containers[0].args}')) as string[]).map(change);
  inSystem('patch', 'deployment', 'chex-operator', '--type=json', '--patch', JSON.stringify([{ op: 'replace', path: '/spec/template/spec/containers/0/args', value: args }]));
  awaitRollOut();
}

/** Back to what was before the last roll-out. */
export function rollBack(): void {
  inSystem('rollout', 'undo', 'deployment/chex-operator');
  awaitRollOut();
}

function awaitRollOut(): void {
  inSystem('rollout', 'status', 'deployment/chex-operator', '--timeout=180s');
}
