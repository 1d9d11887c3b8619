import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Condition } from '../../../src/api/status.ts';
import type { CoreEvent } from '../../../src/kube/event-api.ts';
import { killPod } from '../kill-pod.ts';
import { kubectl, madeUpGpus } from '../kubectl.ts';
import { images } from '../layout.ts';
import type { Sections } from './trainings.ts';
import { Namespace, Training } from './trainings.ts';

const namespace = new Namespace('chex-e2e-workers');
/** The autoencoder of Edema takes half a minute: long enough to be disturbed. */
const lasting = { autoencoders: { overrides: [{ observation: 'Edema', epochs: 500 }] } };
/** Of the 750 updates that makes. */
const midway = 60;

/** What the API server made of a worker's Pod. */
interface AdmittedPod {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly automountServiceAccountToken?: boolean;
    readonly volumes: readonly { readonly name: string }[];
    readonly containers: readonly { readonly env: readonly { readonly name: string; readonly value?: string }[] }[];
  };
}

before(() => namespace.create());
after(() => namespace.remove());

test('every Pod of a training passes Pod Security restricted, without an API token, its step in one variable', async (t) => {
  const training = begin(t, 'undisturbed', lasting);
  await training.untilCondition('Succeeded');

  const enforced = kubectl(['get', 'namespace', namespace.name, '--output=jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}']);
  assert.equal(enforced, 'restricted');
  const refusals = namespace.list<CoreEvent>('events').filter(({ reason }) => reason === 'FailedCreate');
  assert.deepEqual(refusals.map(({ message }) => message), []);
  const pods = namespace.list<AdmittedPod>('pods', 'chex.dev/training=undisturbed');
  assert.equal(pods.length, 6, 'one of the catalog, two shards, two autoencoders, one of the combined model');
  for (const { metadata, spec } of pods) {
    assert.equal(spec.automountServiceAccountToken, false, metadata.name);
    // A token would be one more, a projected one.
    assert.deepEqual(spec.volumes.map(({ name }) => name), ['tmp'], metadata.name);
    const variables = spec.containers.flatMap(({ env }) => env.filter(({ name }) => name === 'CHEX_STEP'));
    const steps = variables.map(({ value = '' }) => JSON.parse(value) as { stage: string });
    assert.deepEqual(steps.map(({ stage }) => stage), [metadata.labels['chex.dev/stage']], metadata.name);
  }
});

test('a worker killed in mid-epoch goes on from its checkpoint, for one attempt more', async (t) => {
  const training = begin(t, 'killed', lasting);
  const pod = await untilMidway(training);
  const early = await firstEvents(training);
  killPod(namespace.name, pod);
  await training.untilCondition('Succeeded');

  await assertUndisturbed(training, early);
  const edema = training.status()?.observations[0];
  assert.deepEqual([edema?.run, edema?.attempts, edema?.disruptions], [1, 2, undefined]);
  assert.deepEqual(edema?.lastAttempts?.map(({ exitCode }) => exitCode), [137, 0]);
});

test('a worker whose Pod is removed by force goes on from its checkpoint, for one attempt more', async (t) => {
  const training = begin(t, 'removed', lasting);
  const pod = await untilMidway(training);
  const early = await firstEvents(training);
  namespace.kubectl('delete', 'pod', pod, '--grace-period=0', '--force');
  await training.untilCondition('Succeeded');

  await assertUndisturbed(training, early);
  const edema = training.status()?.observations[0];
  assert.deepEqual([edema?.run, edema?.attempts, edema?.disruptions], [1, 2, undefined]);
});

test('an evicted worker saves a checkpoint and goes on from it elsewhere: a disruption, which no limit counts', async (t) => {
  const training = begin(t, 'evicted', lasting);
  const pod = await untilMidway(training);
  const early = await firstEvents(training);
  evict(pod);
  await training.untilCondition('Succeeded');

  await assertUndisturbed(training, early);
  const edema = training.status()?.observations[0];
  assert.deepEqual([edema?.run, edema?.attempts, edema?.disruptions], [1, 2, 1]);
  assert.deepEqual(edema?.lastAttempts?.map(({ exitCode, reason }) => [exitCode, reason]), [[143, 'EvictionByEvictionAPI'], [0, undefined]]);
  const job = training.jobs().find(({ metadata }) => metadata.name === edema.job?.name);
  assert.deepEqual([job?.status?.failed ?? 0, job?.status?.succeeded], [0, 1]);
});

const refusals = [
  { name: 'quota', object: { apiVersion: 'v1', kind: 'ResourceQuota', spec: { hard: { pods: '0' } } }, says: /exceeded quota: quota, requested: pods=1, used: pods=0, limited: pods=0/ },
  { name: 'limit', object: { apiVersion: 'v1', kind: 'LimitRange', spec: { limits: [{ type: 'Container', max: { memory: '512Mi' } }] } }, says: /maximum memory usage per Container is 512Mi, but limit is 1Gi/ },
];

for (const { name, object, says } of refusals) {
  test(`a ${object.kind} that refuses Pods is told within seconds, and lifted it lets the training go on`, async (t) => {
    namespace.apply({ ...object, metadata: { name } });
    const lift = () => namespace.kubectl('delete', object.kind, name, '--ignore-not-found');
    t.after(lift);
    const applied = performance.now();
    const training = begin(t, name);
    const refused = await training.until('its Pods are refused', () => conditionOf(training, 'ProgressStalled', 'PodsRefused'));
    t.diagnostic(`told after ${secondsSince(applied)}: ${refused.message}`);
    assert.match(refused.message, says);
    assert.match(refused.message, /lift what forbids them, and it goes on by itself/);
    assert.match(training.status()?.message ?? '', says);
    lift();
    await training.untilCondition('Succeeded');
    assert.equal(conditionOf(training, 'ProgressStalled')?.status, 'False');
  });
}

test('an autoencoder that waits for a GPU says so in the words of the scheduler, and trains once there is one', madeUpGpus, async (t) => {
  holdGpus('others');
  const release = () => namespace.kubectl('delete', 'pod', 'others', '--ignore-not-found', '--now');
  t.after(release);
  const training = begin(t, 'gpus', { autoencoders: { resources: { cpu: '250m', memory: '1Gi', gpu: 1 } } });
  const words = /0\/1 nodes are available: 1 Insufficient nvidia\.com\/gpu/;
  await training.until('both tell what is wanting', () => training.status()?.observations.every(({ state, message = '' }) => state === 'active' && words.test(message)));
  assert.match(training.status()?.message ?? '', words);
  assert.match(namespace.kubectl('get', 'cxt', 'gpus', '--output=wide'), words);
  release();
  await training.untilCondition('Succeeded');
  assert.deepEqual(training.status()?.observations.map(({ attempts }) => attempts), [1, 1]);
});

/** Applies a training; the test prints the seconds from then to its end. */
function begin(t: TestContext, name: string, change: Sections = {}): Training {
  const applied = performance.now();
  t.after(() => t.diagnostic(`it took ${secondsSince(applied)}`));
  return namespace.applyTraining(name, change);
}

/** Until the autoencoder of Edema has trained and saved a part; the name of its Pod. */
async function untilMidway(training: Training): Promise<string> {
  await training.until('a part of the updates is saved', async () => (await training.savedUpdates('Edema')) >= midway);
  const [pod] = training.pods('chex.dev/observation=Edema');
  assert.equal(pod?.status.phase, 'Running');
  return pod.metadata.name;
}

/** Of the first file that its autoencoder logged: a training that began anew would write another, with other times. */
async function firstEvents(training: Training): Promise<string> {
  for await (const { etag } of namespace.storage.list(`${training.folder}/autoencoders/Edema/logs`)) return etag;
  throw new Error('Edema has no events');
}

async function assertUndisturbed(training: Training, early: string): Promise<void> {
  assert.equal(await firstEvents(training), early, 'it went on from its checkpoint');
  const undisturbed = new Training(namespace, 'undisturbed');
  assert.deepEqual(await training.readFigures(), await undisturbed.readFigures());
}

/** As `kubectl drain` does it. */
function evict(pod: string): void {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace: namespace.name } };
  kubectl(['create', '--raw', `/api/v1/namespaces/${namespace.name}/pods/${pod}/eviction`, '--filename=-'], JSON.stringify(eviction));
}

/** A Pod of somebody else that has both GPUs of the node. */
function holdGpus(name: string): void {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const container = { name, image: images.worker, command: ['/usr/bin/tini', '--', 'sleep', '600'], resources: { limits: { 'nvidia.com/gpu': '2' } }, securityContext };
  namespace.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { restartPolicy: 'Never', securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, containers: [container] } });
  namespace.kubectl('wait', '--for=condition=Ready', `pod/${name}`, '--timeout=90s');
}

function conditionOf(training: Training, type: Condition['type'], reason?: string): Condition | undefined {
  return training.status()?.conditions.find((condition) => condition.type === type && (reason ?? condition.reason) === condition.reason);
}

function secondsSince(start: number): string {
  return `${Math.round((performance.now() - start) / 1000)} s`;
}
