import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { Job, Pod } from '../../src/api/kubernetes.ts';
import { isApiFault } from '../../src/kube/api-fault.ts';
import type { Stores } from '../../src/kube/client.ts';
import { ApiCluster } from '../../src/kube/client.ts';
import { EventRecorder } from '../../src/kube/event-recorder.ts';
import { eventApi } from '../../src/kube/event-client.ts';
import { Nodes } from '../../src/kube/nodes.ts';
import { PodProgress } from '../../src/kube/pod-progress.ts';
import type { KubeObject } from '../../src/kube/store.ts';
import { RemovedPods } from '../../src/kube/removed-pods.ts';
import { Store } from '../../src/kube/store.ts';
import { InvalidTraining, asTraining } from '../../src/kube/training-object.ts';
import type { TrainingObject } from '../../src/kube/training-object.ts';
import { Transport } from '../../src/kube/transport.ts';
import type { ApiStub } from '../fakes/api-stub.ts';
import { json, page, refusal, stall, startApiStub } from '../fakes/api-stub.ts';
import { drive } from '../fakes/drive.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';
import { aJob } from './a-job.ts';

const key = { namespace: 'default', name: 'chest' };
const jobPath = '/apis/batch/v1/namespaces/default/jobs';
const trainingPath = '/apis/chex.dev/v1alpha1/namespaces/default/chextrainings/chest';

interface Bench {
  readonly stub: ApiStub;
  readonly clock: FakeClock;
  readonly stores: Stores;
  readonly recorder: EventRecorder;
  readonly cluster: ApiCluster;
}

/** A cluster whose stores hold the training `chest` at version 10 and no more. */
async function aBench(context: TestContext): Promise<Bench> {
  const stub = await startApiStub(context);
  const clock = new FakeClock();
  const stores: Stores = { trainings: new Store(), jobs: new Store(), pods: new Store() };
  stores.trainings.put(aTrainingObject());
  const transport = new Transport({ connection: stub.connect(), clock, userAgent: 'chex-operator/test', limit: { perSecond: 0, burst: 0 }, mayWrite: () => true, random: () => 0, observer: { onAnswer: () => {}, onRetry: () => {}, onTurn: () => {} } });
  const recorder = new EventRecorder({ api: eventApi(transport), clock, component: 'chex-operator', instance: 'test', now: () => 0, observer: { onLost: (_event, error) => assert.fail(String(error)) } });
  const cluster = new ApiCluster({ transport, recorder, storesOf: () => stores, progress: new PodProgress({ clock, port: stub.port }), nodes: new Nodes({ transport, clock }), openCost: null, removed: new RemovedPods(clock) });
  return { stub, clock, stores, recorder, cluster };
}

function aTrainingObject({ version = '10', generation = 3, spec = {} }: { version?: string; generation?: number; spec?: object } = {}): TrainingObject {
  const metadata = { ...key, uid: 'training-1', generation, resourceVersion: version };
  const required = { dataset: { uri: 's3://hospital/CheXpert' }, output: { uri: 's3://hospital/runs' }, combined: { backbone: 'Small' } };
  return { apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', metadata, spec: { ...required, ...spec } } as TrainingObject;
}

/** A Job of the training, or of `owner`. */
function aChild(name: string, { version = '20', owner = 'training-1' }: { version?: string; owner?: string } = {}): Job {
  const job = aJob(name, { version });
  const child: KubeObject = { ...job, metadata: { ...job.metadata, ownerReferences: [{ apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', name: 'chest', uid: owner, controller: true }] } };
  return child as Job;
}

function aPod(name: string, job: string): Pod {
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: job, uid: `uid-${job}`, controller: true }];
  return { metadata: { namespace: 'default', name, uid: `uid-${name}`, resourceVersion: '21', ownerReferences }, status: { phase: 'Running', podIP: '127.0.0.1' } };
}

const sent = ({ stub }: Bench) => stub.requests.map(({ method, path }) => `${method} ${path}`);

test('a training is read from the store, with every default', async (context) => {
  const { cluster, stub } = await aBench(context);
  const training = await cluster.getTraining(key);
  assert.equal(training?.spec.autoencoders.epochs, 200);
  assert.equal(training?.metadata.resourceVersion, '10');
  assert.equal(await cluster.getTraining({ ...key, name: 'another' }), null);
  assert.equal(stub.requests.length, 0);
});

test('a training of another version of the CRD is refused with all faults and what to do', () => {
  const object = aTrainingObject({ spec: { seed: -1, colour: 'red' } });
  assert.throws(() => asTraining(object), (error: unknown) => {
    assert.ok(error instanceof InvalidTraining);
    for (const part of [/^Cannot understand default\/chest\. Correct it, or/, /spec\.seed/, /colour/, /the same version/]) assert.match(error.message, part);
    return true;
  });
});

test('children are the Jobs whose controller is the training, and their Pods', async (context) => {
  const { cluster, stores } = await aBench(context);
  stores.jobs.put(aChild('mine'));
  stores.jobs.put(aChild('other', { owner: 'training-2' }));
  for (const pod of [aPod('mine-1', 'mine'), aPod('other-1', 'other')]) stores.pods.put(pod);
  const training = asTraining(aTrainingObject());
  const { jobs, pods } = await cluster.children(training);
  assert.deepEqual(jobs.map(({ metadata }) => metadata.name), ['mine']);
  assert.deepEqual(pods.map(({ metadata }) => metadata.name), ['mine-1']);
});

test('after a Job is created its training is behind until the store has seen it', async (context) => {
  const { cluster, stub, stores } = await aBench(context);
  const job = aChild('a', { version: '20' });
  stub.next('other', json(201, job));
  assert.equal(cluster.isBehind(key), false);
  await cluster.createJob(job);
  assert.deepEqual(stub.requests.map(({ method, path, body }) => ({ method, path, body })), [{ method: 'POST', path: jobPath, body: job }]);
  assert.equal(cluster.isBehind(key), true);
  stores.jobs.put(job);
  assert.equal(cluster.isBehind(key), false);
});

test('a Job that is there already is left to whoever asks whose it is', async (context) => {
  const { cluster, stub } = await aBench(context);
  stub.next('other', refusal(409, 'AlreadyExists'), json(200, aChild('a')), refusal(404, 'NotFound'));
  await cluster.createJob(aChild('a'));
  assert.equal(cluster.isBehind(key), false);
  assert.equal((await cluster.getJob({ namespace: 'default', name: 'a' }))?.metadata.uid, 'uid-a');
  assert.equal(await cluster.getJob({ namespace: 'default', name: 'b' }), null);
});

test('Pods of a Job that is gone are asked for by its name', async (context) => {
  const { cluster, stub } = await aBench(context);
  stub.next('other', page([aPod('a-1', 'a')], '30'));
  assert.deepEqual((await cluster.podsOf({ namespace: 'default', name: 'a' })).map(({ metadata }) => metadata.name), ['a-1']);
  assert.deepEqual(stub.requests.map(({ path, query }) => ({ path, query })), [{ path: '/api/v1/namespaces/default/pods', query: { labelSelector: 'batch.kubernetes.io/job-name=a' } }]);
});

test('a Job is removed by its uid with its Pods first, after a look at the live training', async (context) => {
  const bench = await aBench(context);
  const { cluster, stub, stores } = bench;
  const job = aChild('a');
  stores.jobs.put(job);
  stub.next('other', json(200, aTrainingObject({ version: '30' })), json(200, aChild('a', { version: '31' })));
  await cluster.removeJob({ namespace: 'default', name: 'a', uid: 'uid-a' });
  assert.deepEqual(sent(bench), [`GET ${trainingPath}`, `DELETE ${jobPath}/a`]);
  assert.deepEqual(stub.requests[1]?.body, { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Foreground', preconditions: { uid: 'uid-a' } });
  assert.equal(cluster.isBehind(key), true);
  stores.jobs.put(aChild('a', { version: '31' }));
  assert.equal(cluster.isBehind(key), false);
});

test('nothing is removed for a spec that has changed meanwhile', async (context) => {
  const bench = await aBench(context);
  bench.stores.jobs.put(aChild('a'));
  bench.stub.next('other', json(200, aTrainingObject({ version: '30', generation: 4 })));
  await assert.rejects(bench.cluster.removeJob({ namespace: 'default', name: 'a', uid: 'uid-a' }), /Cannot remove the Job default\/a: default\/chest has changed/);
  assert.deepEqual(sent(bench), [`GET ${trainingPath}`]);
});

for (const [code, reason] of [[404, 'NotFound'], [409, 'Conflict']] as const) {
  test(`removing a Job that is gone is no fault (${code})`, async (context) => {
    const bench = await aBench(context);
    bench.stub.next('other', refusal(code, reason));
    await bench.cluster.removeJob({ namespace: 'default', name: 'a', uid: 'uid-a' });
    assert.deepEqual(sent(bench), [`DELETE ${jobPath}/a`]);
  });
}

test('a status is applied to the version it was computed from', async (context) => {
  const { cluster, stub, stores } = await aBench(context);
  const training = asTraining(aTrainingObject());
  const status = await drive(new FakeCluster(training), { until: () => true });
  stub.next('other', json(200, aTrainingObject({ version: '40' })), refusal(409, 'Conflict'));
  await cluster.applyStatus(training, status);
  const [request] = stub.requests;
  assert.deepEqual([request?.method, request?.path, request?.query], ['PATCH', `${trainingPath}/status`, { fieldManager: 'chex-operator', force: 'true' }]);
  assert.equal(request?.headers['content-type'], 'application/apply-patch+yaml');
  const metadata = { ...key, uid: 'training-1', resourceVersion: '10' };
  assert.deepEqual(request?.body, JSON.parse(JSON.stringify({ apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', metadata, status })));
  assert.equal(cluster.isBehind(key), true);
  stores.trainings.put(aTrainingObject({ version: '40' }));
  assert.equal(cluster.isBehind(key), false);
  await assert.rejects(cluster.applyStatus(training, status), (error) => isApiFault(error, 'Conflict'));
});

test('warnings about a Job come newest first, whichever field holds their time', async (context) => {
  const { cluster, stub } = await aBench(context);
  const events = [
    { metadata: { creationTimestamp: '2026-01-01T00:00:01Z' }, message: 'oldest' },
    { metadata: {}, lastTimestamp: '2026-01-01T00:00:03Z', message: 'newest' },
    { metadata: {}, lastTimestamp: null, eventTime: '2026-01-01T00:00:02.000000Z', message: 'middle' },
  ];
  stub.next('list', page(events, '5'));
  assert.deepEqual(await cluster.warnings(aChild('a')), ['newest', 'middle', 'oldest']);
  assert.equal(stub.requests[0]?.query['fieldSelector'], 'involvedObject.uid=uid-a,type=Warning');
});

test('an event is told of the training, by name and uid', async (context) => {
  const { cluster, stub, recorder } = await aBench(context);
  await cluster.emit(asTraining(aTrainingObject()), { type: 'Normal', reason: 'Started', message: 'Catalog started' });
  cluster.complain(key, { type: 'Warning', reason: 'Refused', message: 'exceeded quota' });
  await recorder.stop();
  const bodies = stub.requests.map(({ body }) => body as { involvedObject: object; reason: string });
  const involvedObject = { apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', ...key, uid: 'training-1' };
  assert.deepEqual(bodies.map(({ reason, involvedObject: about }) => ({ reason, about })), [{ reason: 'Started', about: involvedObject }, { reason: 'Refused', about: involvedObject }]);
});

test('a Pod that does not answer in time is taken at its last word, and what it says later counts', async (context) => {
  const { cluster, stub, clock } = await aBench(context);
  const pod = aPod('p', 'a');
  stub.next('other', json(200, { ratio: 0.1, updatedAt: 1 }), stall);
  assert.equal(await cluster.readProgress(pod), '{"ratio":0.1,"updatedAt":1}');
  const answer = cluster.readProgress(pod);
  await stub.until(() => stub.requests.length === 2);
  await clock.advance(500);
  assert.equal(await answer, '{"ratio":0.1,"updatedAt":1}');
  // The question stays with it: nobody asks a second time meanwhile.
  const again = cluster.readProgress(pod);
  await clock.advance(500);
  await again;
  assert.deepEqual(stub.requests.map(({ path }) => path), ['/progress', '/progress']);
});

test('what is no answer of ours is none: another status, a redirect, or too many bytes', async (context) => {
  const { cluster, stub } = await aBench(context);
  stub.next('other', json(503, { message: 'nothing is known yet' }), json(302, {}, { location: '/elsewhere' }), json(200, { ratio: 0, message: 'x'.repeat(5000) }));
  for (const name of ['p', 'q', 'r']) assert.equal(await cluster.readProgress(aPod(name, 'a')), null);
  assert.equal(await cluster.readProgress({ ...aPod('s', 'a'), status: { phase: 'Pending' } }), null);
  assert.equal(stub.requests.length, 3);
});
