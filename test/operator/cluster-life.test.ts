/** What only happens on a cluster: queues, evictions, dead nodes, other people's Jobs, operators that come and go. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appLabels } from '../../src/api/labels.ts';
import type { TrainingSpecInput } from '../../src/api/schema.ts';
import type { TrainingStatus } from '../../src/api/status.ts';
import { reconcile } from '../../src/operator/reconcile.ts';
import { isApiFault } from '../../src/kube/api-fault.ts';
import { aTraining, someSettings } from '../builders.ts';
import { change, conditionOf, drive, isTrue, observationOf, pass, stateOf } from '../fakes/drive.ts';
import type { FakeClusterOptions, Script } from '../fakes/fake-cluster.ts';
import { Crash, FakeCluster, stepOfJob } from '../fakes/fake-cluster.ts';
import { seenAs } from '../fakes/seen-as.ts';

const two: Partial<TrainingSpecInput> = { observations: ['Edema', 'Fracture'] };
const isActive = (name: string) => (status: TrainingStatus) => stateOf(status, name) === 'active';
const stillOnce: Script = ({ name, attempt }) => ({ seconds: 600, ...(name === 'Edema' && attempt === 1 ? { standsStillAt: 0.4 } : {}) });

test('decide() stops a step that stands still, says who and since when, and lets it go on in its next run', async () => {
  const cluster = new FakeCluster(aTraining({ ...two, autoencoders: { progressDeadlineSeconds: 300 } }), stillOnce);
  const status = await drive(cluster, { until: (now) => isTrue(now, 'ProgressStalled') });
  const { reason, message } = conditionOf(status, 'ProgressStalled') ?? {};
  assert.equal(reason, 'NoProgress');
  assert.match(message ?? '', /^The autoencoder of Edema stood still since 2026-01-01T00:\d\d:\d\d.000Z \(Pod pod-\d+ on node node-1\): stopped, it goes on from its last checkpoint\. Stall 1 of at most 3 in a row$/);
  assert.equal(stateOf(status, 'Fracture'), 'active');
  const again = await drive(cluster, { until: (now) => isActive('Edema')(now) && (observationOf(now, 'Edema').progress ?? 0) > 0.4, passSeconds: 30 });
  assert.ok(!isTrue(again, 'ProgressStalled'));
  const end = await drive(cluster);
  assert.ok(isTrue(end, 'Succeeded'));
  assert.deepEqual([observationOf(end, 'Edema').run, observationOf(end, 'Edema').attempts, observationOf(end, 'Edema').stall], [2, 2, undefined]);
});

test('decide() keeps the stall until the step is further than it was, and gives it up after three in a row', async () => {
  const script: Script = ({ name }) => ({ seconds: 600, ...(name === 'Edema' ? { standsStillAt: 0.4 } : {}) });
  const cluster = new FakeCluster(aTraining({ ...two, autoencoders: { progressDeadlineSeconds: 300, minSucceeded: 1 } }), script);
  const status = await drive(cluster);
  assert.ok(isTrue(status, 'Succeeded') && isTrue(status, 'Degraded') && !isTrue(status, 'ProgressStalled'));
  const edema = observationOf(status, 'Edema');
  assert.deepEqual([edema.state, edema.run, edema.attempts], ['failed', 3, 3]);
  assert.match(edema.message ?? '', /^It stood still 3 times in a row, the last since .* raise autoencoders.progressDeadlineSeconds$/);
});

test('decide() takes a worker that answers nobody for one that stands still, and a done shard for movement', async () => {
  const mute: Script = () => ({ seconds: 200, isMute: true });
  const cluster = new FakeCluster(aTraining({ ...two, preprocess: { parallelism: 1 }, autoencoders: { progressDeadlineSeconds: 300 } }), mute);
  const status = await drive(cluster);
  // Four shards one after the other take 800 s: each new Pod moves the step.
  assert.ok(isTrue(status, 'Succeeded'));
  const slow = new FakeCluster(aTraining({ ...two, autoencoders: { progressDeadlineSeconds: 300 } }), ({ name }) => (name === 'catalog' ? { seconds: 1e6, isMute: true } : { seconds: 60 }));
  assert.match((await drive(slow)).message, /^The catalog failed: It stood still 3 times in a row/);
});

test('decide() does not take the time in which nobody looked for a stall', async () => {
  const cluster = new FakeCluster(aTraining({ ...two, autoencoders: { progressDeadlineSeconds: 300 } }), () => ({ seconds: 6000, isMute: true }));
  await pass(cluster);
  await pass(cluster);
  cluster.now += 3_000_000;
  assert.equal((await pass(cluster)).decision.remove.length, 0);
});

test('decide() does not count the time of a Pod that waits for a node', async () => {
  const cluster = new FakeCluster(aTraining({ ...two, autoencoders: { progressDeadlineSeconds: 300 } }));
  cluster.refusal = 'no room';
  const status = await drive(cluster, { until: () => cluster.now > Date.parse('2026-01-01T01:00:00Z') });
  assert.deepEqual([stateOf(status, 'catalog'), status.stages[0]?.run], ['active', 1]);
});

test('decide() names the Job that has taken a name, touches it not, and goes on once it is gone', async () => {
  const cluster = new FakeCluster(aTraining(two));
  const [wanted] = (await pass(new FakeCluster(aTraining(two)))).decision.create;
  assert.ok(wanted);
  const foreign = { ...wanted, metadata: { ...wanted.metadata, ownerReferences: [{ apiVersion: 'v1', kind: 'CronJob', name: 'nightly', uid: 'other', controller: true }] } };
  cluster.add(foreign);
  const status = await drive(cluster, { until: (now) => isTrue(now, 'NameConflict') });
  assert.equal(conditionOf(status, 'NameConflict')?.message, `The name of its Job is taken: ${wanted.metadata.name} belongs to CronJob nightly. Delete that Job, and it is tried again within a minute`);
  const { decision } = await pass(cluster);
  assert.deepEqual([decision.create, decision.remove, decision.requeueAfterSeconds], [[], [], 60]);
  cluster.vanish(wanted.metadata.name);
  const end = await drive(cluster);
  assert.ok(isTrue(end, 'Succeeded') && !isTrue(end, 'NameConflict'));
  assert.equal(end.stages[0]?.run, 1);
});

test('observe() asks for a recorded Job that was not seen, and starts no second one beside it', async () => {
  const cluster = new FakeCluster(aTraining(two));
  await drive(cluster, { until: isActive('Edema') });
  await pass(cluster);
  const before = cluster.jobs.length;
  const blind = { children: async () => ({ jobs: [], pods: [] }) };
  await reconcile(cluster.training.metadata, { cluster: seenAs(cluster, blind), settings: someSettings(), now: () => cluster.now });
  assert.equal(cluster.jobs.length, before);
  const end = await drive(cluster);
  assert.deepEqual([isTrue(end, 'Succeeded'), observationOf(end, 'Edema').run], [true, 1]);
});

test('decide() looks at a training again within ten minutes until it is over, though nothing happens: running, queued, suspended, refused', async () => {
  const pauses = new Map<string, number | null>();
  const look = async (what: string, cluster: FakeCluster) => pauses.set(what, (await pass(cluster)).decision.requeueAfterSeconds);
  const running = new FakeCluster(aTraining(two), () => ({ seconds: 86_400 }));
  await drive(running, { until: isActive('catalog') });
  await look('running', running);
  const queued = new FakeCluster(aTraining({ ...two, queueName: 'gpus' }), undefined, { hasKueue: true });
  await drive(queued, { until: (status) => stateOf(status, 'catalog') === 'queued' });
  await look('queued', queued);
  const suspended = new FakeCluster(aTraining({ ...two, suspend: true }));
  await pass(suspended);
  await look('suspended', suspended);
  const refused = new FakeCluster(aTraining(two));
  refused.refusal = 'exceeded quota';
  await drive(refused, { until: (status) => isTrue(status, 'ProgressStalled') });
  await look('refused', refused);
  for (const [what, seconds] of pauses) assert.ok(seconds !== null && seconds <= 600, `${what}: ${seconds}`);
  const over = new FakeCluster(aTraining({ ...two, retention: { finishedJobsDays: 1 } }));
  await drive(over);
  await look('over', over);
  assert.ok((pauses.get('over') ?? 0) > 600, 'what is over is at rest until its Jobs expire');
});

for (const [what, change] of [['the label by which it is followed', ({ [appLabels.managedBy]: _, ...rest }) => rest], ['all labels', () => ({})]] as [string, (labels: Readonly<Record<string, string>>) => Record<string, string>][]) {
  test(`a Job that loses ${what} is still ours: no second one, and its result is taken`, async () => {
    const cluster = new FakeCluster(aTraining(two));
    await drive(cluster, { until: isActive('Edema') });
    await pass(cluster);
    for (const { metadata } of cluster.running) cluster.relabel(metadata.name, change);
    const end = await drive(cluster);
    const edema = observationOf(end, 'Edema');
    assert.deepEqual([isTrue(end, 'Succeeded'), edema.run, edema.attempts, edema.found], [true, 1, 1, undefined]);
  });
}

test('decide() shows what a queue keeps, counts it against maxParallel, and never touches suspend', async () => {
  const cluster = new FakeCluster(aTraining({ queueName: 'gpus', autoencoders: { maxParallel: 10 } }), undefined, { hasKueue: true });
  const admitOf = (stage: string) => cluster.jobs.filter((job) => stepOfJob(job).stage === stage).forEach(({ metadata }) => cluster.suspend(metadata.name, false));
  assert.equal((await drive(cluster, { until: (now) => stateOf(now, 'catalog') === 'queued' })).queue, 'gpus: 1 queued, 0 admitted');
  admitOf('catalog');
  await drive(cluster, { until: (now) => stateOf(now, 'preprocess') === 'queued' });
  admitOf('preprocess');
  const status = await drive(cluster, { until: (now) => stateOf(now, 'Edema') === 'queued' });
  assert.equal(status.queue, 'gpus: 10 queued, 0 admitted');
  assert.equal(status.message, 'autoencoders: none runs; 10 queued; 4 waiting');
  assert.equal(observationOf(status, 'Edema').message, 'Waits in the queue gpus until Kueue admits it');
  assert.match(conditionOf(status, 'Progressing')?.message ?? '', /an order of its own/);
  admitOf('autoencoders');
  assert.equal((await pass(cluster)).decision.status.queue, 'gpus: 0 queued, 10 admitted');
  // Kueue takes the place away again: the same Job goes on later.
  const [job] = cluster.running;
  cluster.suspend(job?.metadata.name ?? '', true);
  assert.equal((await pass(cluster)).decision.status.queue, 'gpus: 1 queued, 9 admitted');
  change(cluster, { suspend: true });
  await drive(cluster, { until: (now) => isTrue(now, 'Suspended') && cluster.running.length === 0 });
  assert.ok(cluster.events.some(({ reason }) => reason === 'Queued') && cluster.events.some(({ reason }) => reason === 'Admitted'));
});

test('decide() takes back what a queue still keeps when the training cannot succeed any more', async () => {
  const cluster = new FakeCluster(aTraining({ ...two, queueName: 'gpus' }), ({ name }) => (name === 'Edema' ? { seconds: 10, exitCode: 65, message: 'bad' } : { seconds: 60 }), { hasKueue: true });
  const admit = () => cluster.running.filter((job) => !job.metadata.name.includes('fracture')).forEach(({ metadata }) => cluster.suspend(metadata.name, false));
  const status = await drive(cluster, { until: () => (admit(), false) });
  assert.ok(isTrue(status, 'Failed'));
  assert.deepEqual([cluster.running.length, stateOf(status, 'Fracture')], [0, 'ready']);
});

test('decide() removes finished Jobs days after their end, and a rerun finds its way without them', async () => {
  const cluster = new FakeCluster(aTraining({ ...two, retention: { finishedJobsDays: 2 } }));
  await drive(cluster);
  cluster.now += 86_400_000;
  const { decision } = await pass(cluster);
  assert.deepEqual([decision.isOver, decision.remove.length], [true, 0]);
  assert.ok(decision.requeueAfterSeconds !== null && decision.requeueAfterSeconds <= 86_400);
  cluster.now += 86_400_000;
  await pass(cluster);
  assert.equal(cluster.jobs.length, 0);
  assert.equal((await pass(cluster)).decision.requeueAfterSeconds, null);
  change(cluster, { rerun: [{ observation: 'Fracture', times: 1 }] });
  const status = await drive(cluster);
  assert.ok(isTrue(status, 'Succeeded'));
  assert.deepEqual(cluster.jobs.map((job) => stepOfJob(job).stage), ['autoencoders', 'combined']);
});

test('decide() keeps a finished Job until its result is recorded, even where none are to stay', async () => {
  const cluster = new FakeCluster(aTraining({ ...two, retention: { finishedJobsDays: 0 } }));
  const status = await drive(cluster);
  const { decision } = await pass(cluster);
  cluster.now += (decision.requeueAfterSeconds ?? 0) * 1000;
  await pass(cluster);
  assert.deepEqual([isTrue(status, 'Succeeded'), status.stages[0]?.run, cluster.jobs.length], [true, 1, 0]);
});

test('decide() counts disruptions apart, and keeps the last five attempts with their ends', async () => {
  const script: Script = ({ name, attempt }) => (name === 'Edema' && attempt === 7 ? { seconds: 5, exitCode: 1, message: 'lost a tensor' } : { seconds: 60 });
  const cluster = new FakeCluster(aTraining(two), script);
  await drive(cluster, { until: isActive('Edema') });
  for (let times = 0; times < 6; times += 1) {
    cluster.advance(15);
    cluster.disrupt('autoencoders');
    await pass(cluster);
  }
  const edema = observationOf(await drive(cluster), 'Edema');
  assert.deepEqual([edema.attempts, edema.disruptions, edema.run, edema.pods], [8, 6, 1, undefined]);
  assert.deepEqual(edema.lastAttempts?.map(({ exitCode, reason, message }) => [exitCode, reason, message]), [
    [143, 'EvictionByEvictionAPI', undefined],
    [143, 'EvictionByEvictionAPI', undefined],
    [143, 'EvictionByEvictionAPI', undefined],
    [1, undefined, 'lost a tensor'],
    [0, undefined, undefined],
  ]);
  assert.ok(cluster.events.some(({ reason }) => reason === 'Disrupted'));
});

test('decide() waits for a node that is gone, says how to go on, and starts no second writer meanwhile', async () => {
  const cluster = new FakeCluster(aTraining(two), () => ({ seconds: 600 }));
  await drive(cluster, { until: isActive('Edema') });
  await pass(cluster);
  cluster.pods.lose('autoencoders');
  change(cluster, { suspend: true });
  await pass(cluster);
  change(cluster, { suspend: false });
  const status = await drive(cluster, { until: (now) => isTrue(now, 'ProgressStalled') });
  const { reason, message } = conditionOf(status, 'ProgressStalled') ?? {};
  assert.equal(reason, 'NodeUnreachable');
  assert.match(message ?? '', /^2 steps stand still\. Node node-1 does not answer\. If it is gone for good: kubectl taint nodes node-1 node\.kubernetes\.io\/out-of-service=nodeshutdown:NoExecute\. Pod pod-\d+ should have ended by /);
  cluster.now += 86_400_000;
  await pass(cluster);
  assert.deepEqual([stateOf(cluster.training.status, 'Edema'), observationOf(cluster.training.status, 'Edema').run], ['stopping', 1]);
  cluster.pods.removeLost();
  cluster.settle();
  const end = await drive(cluster);
  assert.deepEqual([isTrue(end, 'Succeeded'), isTrue(end, 'ProgressStalled'), observationOf(end, 'Edema').run], [true, false, 2]);
});

test('planTraining() keeps to the image with which the training began, whatever its operator has become', async () => {
  const cluster = new FakeCluster(aTraining(two));
  await drive(cluster, { until: isActive('preprocess') });
  const status = await drive(cluster, { settings: someSettings({ workerImage: 'chex-worker:next', operatorVersion: '9.9.9' }) });
  assert.deepEqual([status.workerImage, status.operatorVersion], ['chex-worker:test', '0.1.0']);
  assert.deepEqual(new Set(cluster.jobs.map((job) => job.spec.template.spec.containers[0]?.image)), new Set(['chex-worker:test']));
});

/** Jobs by name, and what is remembered of each step: the same whatever happened to the operator. */
function endOf(cluster: FakeCluster): unknown {
  const { status } = cluster.training;
  return [cluster.jobs.map(({ metadata }) => metadata.name).sort(), [...(status?.stages ?? []), ...(status?.observations ?? [])].map(({ state, run, attempts }) => [state, run, attempts])];
}

test('reconcile() comes to the same end when the operator dies before or after any of its writes', async () => {
  const life = async (crash: NonNullable<FakeClusterOptions['crash']>) => {
    const cluster = new FakeCluster(aTraining(two), undefined, { crash });
    assert.ok(isTrue(await drive(cluster), 'Succeeded'));
    return cluster;
  };
  const whole = await life(() => null);
  assert.ok(whole.writes > 10);
  for (const when of ['before', 'after'] as const) {
    for (let fatal = 0; fatal < whole.writes; fatal += 1) {
      let asked = 0;
      const cluster = await life(() => (asked++ === fatal ? when : null));
      assert.ok(asked > fatal);
      assert.deepEqual(endOf(cluster), endOf(whole), `dies ${when} write ${fatal}`);
    }
  }
});

test('reconcile() lets only one of two operators write, at whichever write they meet', async () => {
  const reference = new FakeCluster(aTraining(two));
  await drive(reference);
  const cluster = new FakeCluster(aTraining(two));
  let refused = 0;
  for (let passes = 0; passes < 500; passes += 1) {
    // The second reads, then the first makes a whole pass, then the second acts on what it has read.
    const [training, children] = [cluster.training, await cluster.children()];
    const first = await pass(cluster);
    const stale = { getTraining: async () => training, children: async () => children };
    await reconcile(training.metadata, { cluster: seenAs(cluster, stale), settings: someSettings(), now: () => cluster.now }).catch((error: Error) => {
      assert.match(error.message, /^Conflict/);
      refused += 1;
    });
    if (first.decision.isOver) break;
    cluster.advance(first.decision.requeueAfterSeconds ?? 60);
  }
  assert.ok(refused > 0);
  assert.deepEqual(endOf(cluster), endOf(reference));
});

test('Crash is what the fake cluster throws, and nothing else', async () => {
  const cluster = new FakeCluster(aTraining(two), undefined, { crash: () => 'before' });
  await assert.rejects(pass(cluster), Crash);
  assert.equal(cluster.training.status, undefined);
});

test('decide() says why another attempt is made, in the event and while the worker starts', async () => {
  const words = 'Cannot reach http://s3: connection refused; correct storage.endpoint';
  const cluster = new FakeCluster(aTraining(two), ({ name, attempt }) => (name === 'catalog' && attempt < 3 ? { seconds: 5, exitCode: 1, message: words } : { seconds: 60, isMute: true }));
  const status = await drive(cluster, { until: (now) => now.stages[0]?.attempts === 3 });
  assert.equal(status.message, `catalog: attempt 3 starts, as the one before failed: ${words}`);
  const told = cluster.events.filter(({ reason }) => reason === 'AttemptStarted').map(({ type, message }) => `${type} ${message}`);
  assert.deepEqual(told, [2, 3].map((attempt) => `Warning Catalog: attempt ${attempt}, as the one before failed: ${words}`));
});

test('decide() says that the cluster refuses its Job, tries again every ten seconds and no oftener, and goes on by itself', async () => {
  const cluster = new FakeCluster(aTraining(two));
  cluster.jobRefusal = 'jobs.batch is forbidden: exceeded quota: few';
  // Each write wakes the next pass at once.
  for (let passes = 0; passes < 600; passes += 1) {
    await pass(cluster).catch((error: unknown) => assert.ok(isApiFault(error, 'Forbidden')));
    cluster.now += 100;
  }
  assert.ok(cluster.writes <= 16, `${cluster.writes} writes in a minute`);
  const stalled = conditionOf(cluster.training.status, 'ProgressStalled');
  assert.deepEqual([stalled?.status, stalled?.reason, stalled?.message], ['True', 'JobRefused', 'The cluster refuses the Job of the catalog; lift what forbids it, and it goes on by itself: jobs.batch is forbidden: exceeded quota: few']);
  cluster.jobRefusal = null;
  const end = await drive(cluster);
  assert.ok(isTrue(end, 'Succeeded') && !isTrue(end, 'ProgressStalled'));
  assert.equal(end.stages[0]?.run, 1);
});

test('decide() stops what runs when a training that cannot succeed any more is suspended', async () => {
  const script: Script = ({ name }) => (name === 'Edema' ? { seconds: 10, exitCode: 78, message: 'wrong batch' } : { seconds: name === 'Fracture' ? 7200 : 60 });
  const cluster = new FakeCluster(aTraining(two), script);
  await drive(cluster, { until: (status) => stateOf(status, 'Edema') === 'failed' });
  change(cluster, { suspend: true });
  const status = await drive(cluster);
  assert.ok(cluster.now < Date.parse('2026-01-01T01:00:00Z'), 'it was stopped, not waited for');
  assert.ok(isTrue(status, 'Failed'));
  assert.match(conditionOf(status, 'Suspended')?.message ?? '', /^spec\.suspend is true, and the training is over or ends/);
});

for (const exitCode of [0, 65]) {
  test(`decide() takes the end of a Job (exit code ${exitCode}) with that of its Pods, also where these are seen later`, async () => {
    const script: Script = ({ name }) => (name === 'Edema' && exitCode > 0 ? { seconds: 60, exitCode, message: 'Cannot train: the records are bad' } : { seconds: 60 });
    const cluster = new FakeCluster(aTraining({ ...two, autoencoders: { minSucceeded: 1 } }), script);
    await drive(cluster, { until: isActive('Edema') });
    await pass(cluster);
    const { pods } = await cluster.children();
    cluster.advance(60);
    const late = seenAs(cluster, { children: async () => ({ jobs: (await cluster.children()).jobs, pods }) });
    await reconcile(cluster.training.metadata, { cluster: late, settings: someSettings(), now: () => cluster.now });
    const status = await drive(cluster);
    const edema = observationOf(status, 'Edema');
    assert.deepEqual([edema.run, edema.attempts, edema.state], [1, 1, exitCode === 0 ? 'succeeded' : 'failed']);
    if (exitCode > 0) assert.deepEqual([edema.exitCode, edema.message], [65, 'Cannot train: the records are bad']);
  });
}

test('an event that the status has recorded is told also where the Job after it cannot be made', async () => {
  const cluster = new FakeCluster(aTraining({ ...two, autoencoders: { maxParallel: 1, minSucceeded: 1 } }), ({ name }) => ({ seconds: 60, ...(name === 'Edema' ? { exitCode: 65, message: 'bad' } : {}) }));
  await drive(cluster, { until: isActive('Edema') });
  cluster.advance(60);
  cluster.jobRefusal = 'no';
  for (let passes = 0; passes < 5; passes += 1) await pass(cluster).catch(() => undefined);
  assert.ok(cluster.events.some(({ reason, message }) => reason === 'StepFailed' && message === 'Edema failed: bad'));
});
