/** The whole operator as one process, with the real clock, against an API server in memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../src/api/kubernetes.ts';
import type { Condition } from '../../src/api/status.ts';
import { monotonicClock } from '../../src/kube/clock.ts';
import { Operator } from '../../src/operator/operator.ts';
import { listPrices } from '../../src/plan/cost/list-prices.ts';
import type { OperatorOptions } from '../../src/operator/options.ts';
import type { ApiObject, ApiServer } from '../fakes/api-server.ts';
import { startApiServer } from '../fakes/api-server.ts';
import { aResult } from '../results.ts';
import { someOptions } from './some-options.ts';

const chest = {
  apiVersion: 'chex.dev/v1alpha1',
  kind: 'ChexTraining',
  metadata: { namespace: 'default', name: 'chest' },
  spec: { dataset: { uri: 's3://hospital/CheXpert' }, output: { uri: 's3://hospital/runs' }, observations: ['Edema'], combined: { backbone: 'Small' } },
};

/** Starts one; who is its token, too. Stopped after the test if it is not before. */
async function startOperator(server: ApiServer, { who = 'first', ...options }: Partial<OperatorOptions> & { who?: string } = {}): Promise<Operator & { end: () => Promise<void> }> {
  const operator = new Operator({ options: { ...someOptions, ...options }, version: '0.1.0', prices: listPrices, connection: server.connect(who), clock: monotonicClock, now: Date.now, instance: who, uid: '1', log: () => {} });
  let ended: Promise<void> | null = null;
  const end = () => (ended ??= operator.stop());
  server.beforeClose(end);
  await operator.start();
  return Object.assign(operator, { end });
}

const jobNamed = (server: ApiServer, part: string) => server.list('jobs').find(({ metadata }) => metadata.name.includes(part));
const statusOf = (server: ApiServer, name = 'chest') => server.list('chextrainings').find(({ metadata }) => metadata.name === name)?.['status'] as { stage: string; conditions: Condition[]; stages: { stage: string; state: string; job?: object }[] } | undefined;
const conditionOf = (server: ApiServer, type: string) => statusOf(server)?.conditions.find((condition) => condition.type === type);
const stageOf = (server: ApiServer, stage: string) => statusOf(server)?.stages.find((entry) => entry.stage === stage);
const writesOf = (server: ApiServer, who: string) => server.calls.filter((call) => call.who === who && call.method !== 'GET' && !call.path.includes('/leases'));

/** The Job's Pod has done its work. */
function finish(server: ApiServer, job: ApiObject, stage: 'catalog'): void {
  const { namespace, name, uid } = job.metadata as Job['metadata'];
  const terminated = { exitCode: 0, message: JSON.stringify(aResult(stage)), startedAt: new Date().toISOString(), finishedAt: new Date().toISOString() };
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true }];
  server.put('pods', { metadata: { namespace, name: `${name}-x`, labels: job.metadata['labels'], ownerReferences }, status: { phase: 'Succeeded', startTime: new Date().toISOString(), containerStatuses: [{ name: 'worker', state: { terminated } }] } });
  server.put('jobs', { ...job, status: { succeeded: 1, conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: new Date().toISOString() }] } });
}

async function read(operator: Operator, path: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${operator.port}${path}`)).text();
}

/** Lines of /metrics that begin so. */
async function series(operator: Operator, prefix: string): Promise<string[]> {
  return (await read(operator, '/metrics')).split('\n').filter((line) => line.startsWith(prefix));
}

/** Looks again until it is so: what a watch or the end of a pass brings has no call that could be awaited. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

test('an operator makes the Jobs of a training one after the other, and records each result before it goes on', async (context) => {
  const server = await startApiServer(context);
  await startOperator(server);
  server.put('chextrainings', chest);
  await server.until(() => jobNamed(server, 'catalog') !== undefined);
  assert.deepEqual(writesOf(server, 'first').filter(({ path }) => !path.includes('/events')).map(({ method, path }) => `${method} ${path.split('/').slice(6).join('/')}`).slice(0, 2), ['PATCH chextrainings/chest/status', 'POST jobs'], 'the run is recorded before its Job exists');
  const job = jobNamed(server, 'catalog');
  assert.ok(job);
  await server.until(() => stageOf(server, 'catalog')?.job !== undefined);
  finish(server, job, 'catalog');
  await server.until(() => jobNamed(server, 'preprocess') !== undefined);
  assert.equal(stageOf(server, 'catalog')?.state, 'succeeded');
  await server.until(() => server.list('events').some((event) => event['reason'] === 'StepSucceeded'));
});

test('a training that is there before the operator is taken up, and only in its namespaces', async (context) => {
  const server = await startApiServer(context);
  for (const namespace of ['elsewhere', 'x-rays']) server.put('chextrainings', { ...chest, metadata: { namespace, name: 'chest' } });
  await startOperator(server, { namespaces: ['x-rays'], leaderElection: false });
  await server.until(() => server.list('jobs').length > 0);
  assert.deepEqual(server.list('jobs').map(({ metadata }) => metadata.namespace), ['x-rays']);
  assert.ok(server.calls.every(({ path }) => !path.includes('elsewhere') && !path.includes('leases')));
});

test('a training that cannot be understood is told so once, its Jobs are left alone, and it goes on when it is corrected', async (context) => {
  const server = await startApiServer(context);
  const operator = await startOperator(server, { leaderElection: false });
  const refusals = async () => Number((await series(operator, 'controller_runtime_terminal_reconcile_errors_total'))[0]?.split(' ').at(-1));
  server.put('chextrainings', { ...chest, spec: { ...chest.spec, colour: 'red' } });
  await server.until(() => conditionOf(server, 'Accepted')?.status === 'False' && server.list('events').length > 0);
  assert.match(conditionOf(server, 'Accepted')?.message ?? '', /^Cannot understand default\/chest\. Correct it, or bring .* to the same version: spec\.colour /);
  assert.equal(conditionOf(server, 'Reconciling')?.status, 'True');
  await eventually(async () => (await refusals()) >= 2);
  assert.deepEqual(writesOf(server, 'first').map(({ method }) => method), ['PATCH', 'POST'], 'the second pass writes nothing');
  assert.deepEqual(server.list('events').map((event) => event['reason']), ['Invalid']);
  await eventually(async () => (await series(operator, 'chextraining_status_condition')).some((line) => line.includes('type="Accepted",status="False"} 1')));
  server.put('chextrainings', { ...server.list('chextrainings')[0], ...chest });
  await server.until(() => stageOf(server, 'catalog')?.job !== undefined);
  assert.equal(conditionOf(server, 'Accepted')?.status, 'True');
  const begun = server.list('chextrainings')[0];
  server.put('chextrainings', { ...begun, ...chest, spec: { ...chest.spec, colour: 'blue' } });
  await server.until(() => conditionOf(server, 'Accepted')?.status === 'False');
  assert.equal(server.list('jobs').length, 1);
  assert.deepEqual(statusOf(server)?.stages, (begun?.['status'] as ReturnType<typeof statusOf>)?.stages);
});

test('of two operators one writes; the other knows all, and goes on where the first one stops', async (context) => {
  const server = await startApiServer(context);
  const first = await startOperator(server);
  await server.until(() => server.list('leases').length === 1);
  const second = await startOperator(server, { who: 'second' });
  server.put('chextrainings', chest);
  await server.until(() => stageOf(server, 'catalog')?.job !== undefined && server.watches === 6);
  assert.equal(await read(second, '/readyz'), 'ok');
  await eventually(async () => (await series(first, 'chextraining_progress_ratio{namespace="default",name="chest"} 0')).length === 1);
  assert.deepEqual(await series(second, 'chextraining_'), []);
  assert.deepEqual(await series(second, 'leader_election'), ['leader_election_master_status{name="chex-operator"} 0']);
  assert.deepEqual(writesOf(server, 'second'), []);
  await first.end();
  const before = server.calls.length;
  server.put('chextrainings', { ...chest, metadata: { namespace: 'default', name: 'another' } });
  await server.until(() => jobNamed(server, 'another') !== undefined);
  assert.ok(server.calls.slice(before).every(({ who }) => who === 'second'));
  assert.equal(server.list('jobs').length, 2, 'what the first one made is not made again');
});

test('an operator that stops ends its watches, then its passes and events, and releases the Lease last', async (context) => {
  const server = await startApiServer(context);
  const operator = await startOperator(server);
  server.put('chextrainings', chest);
  await server.until(() => jobNamed(server, 'catalog') !== undefined);
  await operator.end();
  await server.until(() => server.watches === 0);
  const last = server.calls.at(-1);
  assert.deepEqual([last?.method, last?.path.split('/').at(-1)], ['PUT', 'chex-operator']);
  assert.equal((server.list('leases')[0]?.['spec'] as { holderIdentity: string }).holderIdentity, '');
  assert.ok(server.list('events').some((event) => event['reason'] === 'Started'), 'events of the last pass are told');
});

test('an operator whose Lease another one takes may write no more, and says so', async (context) => {
  const server = await startApiServer(context);
  const operator = await startOperator(server);
  await server.until(() => server.list('leases').length === 1);
  const [lease] = server.list('leases');
  assert.ok(lease);
  server.put('leases', { ...lease, spec: { ...(lease['spec'] as object), holderIdentity: 'usurper' } });
  assert.equal(await operator.lost, 'usurper holds it now');
  server.put('chextrainings', chest);
  await operator.end();
  assert.deepEqual(writesOf(server, 'first'), []);
  assert.equal((server.list('leases')[0]?.['spec'] as { holderIdentity: string }).holderIdentity, 'usurper', 'it releases nothing that is not its own');
});

test('series of a training vanish with it', async (context) => {
  const server = await startApiServer(context);
  const operator = await startOperator(server, { leaderElection: false });
  const training = server.put('chextrainings', chest);
  await eventually(async () => (await series(operator, 'chextraining_info')).length === 1);
  server.remove('chextrainings', training);
  await eventually(async () => (await series(operator, 'chextraining_')).length === 0);
});
