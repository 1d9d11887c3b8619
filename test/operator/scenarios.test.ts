import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrainingSpecInput } from '../../src/api/schema.ts';
import { observations } from '../../src/api/observations.ts';
import { aTraining, someSettings } from '../builders.ts';
import { change, drive, isTrue, pass, stateOf } from '../fakes/drive.ts';
import type { Script } from '../fakes/fake-cluster.ts';
import { FakeCluster, stepOfJob } from '../fakes/fake-cluster.ts';
import { renderAnswer } from '../../src/plan/result.ts';
import { aCatalogResult, anAutoencoderResult, aPreprocessResult } from '../results.ts';

const three: Partial<TrainingSpecInput> = { observations: ['Edema', 'Fracture', 'Pneumonia'] };
const isRunning = (name: string) => (status: Parameters<typeof stateOf>[0]) => stateOf(status, name) === 'active';

test('reconcile() takes a training from the catalog to the report', async () => {
  const cluster = new FakeCluster(aTraining());
  const status = await drive(cluster);
  assert.ok(isTrue(status, 'Succeeded') && !isTrue(status, 'Reconciling') && !isTrue(status, 'Degraded'));
  assert.equal(status.stage, 'done');
  assert.equal(status.progress, 1);
  assert.equal(status.classes, '14/14');
  assert.equal(cluster.jobs.length, 17);
  assert.deepEqual(new Set([...status.stages, ...status.observations].map(({ state }) => state)), new Set(['succeeded']));
  assert.ok(status.completionTime !== undefined && status.estimatedCompletionTime === undefined);
});

test('reconcile() tells the combined step every autoencoder, in label order, and what each took', async () => {
  const cluster = new FakeCluster(aTraining(three));
  await drive(cluster);
  const combined = cluster.jobs.map(stepOfJob).find(({ stage }) => stage === 'combined');
  assert.ok(combined?.stage === 'combined');
  assert.deepEqual(combined.autoencoders.map(({ observation }) => observation), ['Edema', 'Fracture', 'Pneumonia']);
  assert.deepEqual(combined.missing, []);
  assert.deepEqual(combined.account.entries.map(({ stage, attempts, seconds }) => [stage, attempts, seconds]), [
    ['catalog', 1, 60],
    ['preprocess', 4, 240],
    ['autoencoders', 1, 60],
    ['autoencoders', 1, 60],
    ['autoencoders', 1, 60],
  ]);
});

test('reconcile() starts the longest first and never more than maxParallel', async () => {
  const cluster = new FakeCluster(aTraining({ autoencoders: { maxParallel: 2 } }));
  const status = await drive(cluster, { until: isRunning('Support_Devices') });
  assert.deepEqual(cluster.running.map(stepOfJob).map((step) => step.stage === 'autoencoders' && step.observation), ['Support_Devices', 'Lung_Opacity']);
  assert.match(status.observations.find(({ observation }) => observation === 'Edema')?.message ?? '', /^Waits for a free place \(maxParallel 2\)/);
});

test('reconcile() goes on after failures that may be retried, and counts the attempts', async () => {
  const script: Script = ({ name, attempt }) => (name === 'Edema' && attempt <= 2 ? { seconds: 10, exitCode: 1, message: 'lost a tensor' } : { seconds: 60 });
  const status = await drive(new FakeCluster(aTraining(three), script));
  assert.ok(isTrue(status, 'Succeeded'));
  const edema = status.observations.find(({ observation }) => observation === 'Edema');
  assert.deepEqual([edema?.attempts, edema?.run, edema?.seconds], [3, 1, 80]);
});

test('reconcile() fails a training at once on bad data, with the sentence of the worker', async () => {
  const script: Script = ({ name }) => (name === 'preprocess' ? { seconds: 10, exitCode: 65, message: 'Cannot use the data set: 12 of 100 films are unreadable' } : { seconds: 60 });
  const cluster = new FakeCluster(aTraining(three), script);
  const status = await drive(cluster);
  assert.ok(isTrue(status, 'Failed') && !isTrue(status, 'Reconciling'));
  assert.equal(status.message, 'Preprocessing failed: Cannot use the data set: 12 of 100 films are unreadable');
  assert.equal(status.stages.find(({ stage }) => stage === 'preprocess')?.exitCode, 65);
  assert.equal(stateOf(status, 'Edema'), 'waiting');
});

test('reconcile() lets the others finish when one autoencoder fails, starts none anew, then fails', async () => {
  const script: Script = ({ name }) => (name === 'Edema' ? { seconds: 10, exitCode: 78, message: 'batch 64 does not fit' } : { seconds: 600 });
  const cluster = new FakeCluster(aTraining({ ...three, autoencoders: { maxParallel: 2 } }), script);
  const status = await drive(cluster);
  assert.ok(isTrue(status, 'Failed'));
  assert.match(status.message, /^The autoencoder of Edema failed: batch 64 does not fit\. 2 of 3 autoencoders can succeed, 3 must \(autoencoders.minSucceeded\)/);
  assert.deepEqual(['Edema', 'Fracture', 'Pneumonia', 'combined'].map((name) => stateOf(status, name)), ['failed', 'succeeded', 'waiting', 'waiting'].map((state, index) => (index === 2 ? 'ready' : state)));
});

test('reconcile() goes on with k of n where minSucceeded allows it, and says who is missing', async () => {
  const script: Script = ({ name }) => (name === 'Fracture' ? { seconds: 10, exitCode: 65, message: 'bad records' } : { seconds: 60 });
  const cluster = new FakeCluster(aTraining({ ...three, autoencoders: { minSucceeded: 2 } }), script);
  const status = await drive(cluster);
  assert.ok(isTrue(status, 'Succeeded') && isTrue(status, 'Degraded'));
  assert.equal(status.classes, '2/3');
  const combined = cluster.jobs.map(stepOfJob).find(({ stage }) => stage === 'combined');
  assert.ok(combined?.stage === 'combined');
  assert.deepEqual(combined.missing, [{ observation: 'Fracture', state: 'failed', reason: 'bad records' }]);
  assert.deepEqual(combined.observations, ['Edema', 'Fracture', 'Pneumonia']);
});

test('reconcile() skips an observation without a positive film, whether the catalog or preprocessing finds it', async () => {
  const script: Script = ({ name }) => ({
    seconds: 60,
    ...(name === 'catalog' ? { message: JSON.stringify(aCatalogResult({ Fracture: 0 })) } : {}),
    ...(name === 'preprocess' ? { message: JSON.stringify(aPreprocessResult({ Fracture: 0, Edema: 0 })) } : {}),
  });
  const status = await drive(new FakeCluster(aTraining(three), script));
  assert.ok(isTrue(status, 'Succeeded') && isTrue(status, 'Degraded'));
  assert.deepEqual(status.observations.map(({ state, message }) => [state, message]), [
    ['skipped', 'no readable positive film in train'],
    ['skipped', 'no positive film in train'],
    ['succeeded', undefined],
  ]);
});

test('reconcile() fails a training whose observations are all skipped, with the reason', async () => {
  const none = Object.fromEntries(observations.map((observation) => [observation, 0]));
  const script: Script = ({ name }) => ({ seconds: 60, ...(name === 'catalog' ? { message: JSON.stringify(aCatalogResult(none)) } : {}) });
  const status = await drive(new FakeCluster(aTraining(three), script));
  assert.ok(isTrue(status, 'Failed'));
  assert.equal(status.conditions.find(({ type }) => type === 'Failed')?.reason, 'TooFewSucceeded');
  assert.match(status.message, /^Skipped: no positive film in train\. 0 of 3 autoencoders can succeed, 1 must /);
});

test('reconcile() suspends: workers save, nothing runs; and resumes as the next run of the same step', async () => {
  const cluster = new FakeCluster(aTraining(three));
  await drive(cluster, { until: isRunning('Edema') });
  const digest = cluster.training.status?.observations[0]?.digest;
  cluster.advance(20);
  change(cluster, { suspend: true });
  const suspended = await drive(cluster, { until: (status) => isTrue(status, 'Suspended') && !['active', 'stopping'].includes(stateOf(status, 'Edema') ?? '') });
  assert.equal(cluster.running.length, 0);
  assert.equal(stateOf(suspended, 'Edema'), 'ready');
  change(cluster, { suspend: false });
  const status = await drive(cluster);
  assert.ok(isTrue(status, 'Succeeded') && !isTrue(status, 'Suspended'));
  const edema = status.observations[0];
  assert.deepEqual([edema?.run, edema?.attempts, edema?.digest], [2, 2, digest]);
  assert.equal(edema?.seconds, 80);
});

test('reconcile() does not count a training as started that is suspended from the beginning', async () => {
  const cluster = new FakeCluster(aTraining({ ...three, suspend: true }));
  const suspended = await drive(cluster, { until: (status) => isTrue(status, 'Suspended') });
  assert.deepEqual([suspended.startTime, cluster.jobs.length], [undefined, 0]);
  change(cluster, { suspend: false });
  cluster.advance(60);
  const { decision } = await pass(cluster);
  assert.deepEqual([decision.create.length, decision.status.startTime], [1, decision.status.updateTime]);
});

test('reconcile() starts the next run of a step whose Job vanished once its Pod has saved and gone', async () => {
  const cluster = new FakeCluster(aTraining(three), () => ({ seconds: 60, stopSeconds: 20 }));
  await drive(cluster, { until: isRunning('Edema') });
  await pass(cluster);
  const lost = cluster.training.status?.observations[0]?.job?.name ?? '';
  cluster.vanish(lost);
  assert.equal(stateOf((await pass(cluster)).decision.status, 'Edema'), 'stopping');
  const status = await drive(cluster);
  assert.ok(isTrue(status, 'Succeeded'));
  assert.equal(status.observations[0]?.run, 2);
  assert.equal(cluster.jobs.some(({ metadata }) => metadata.name === lost), false);
});

test('reconcile() counts a disrupted Pod as an attempt, not as a failure', async () => {
  const cluster = new FakeCluster(aTraining(three));
  await drive(cluster, { until: isRunning('Edema') });
  for (let times = 0; times < 6; times += 1) {
    cluster.advance(15);
    cluster.disrupt('autoencoders');
    await pass(cluster);
  }
  const status = await drive(cluster);
  assert.ok(isTrue(status, 'Succeeded'));
  assert.deepEqual([status.observations[0]?.attempts, status.observations[0]?.run], [7, 1]);
});

test('reconcile() redoes one observation of a finished training, then the combined model, and nothing else', async () => {
  const cluster = new FakeCluster(aTraining(three));
  const first = await drive(cluster);
  change(cluster, { rerun: [{ observation: 'Fracture', times: 1 }] });
  const asked = await drive(cluster, { until: () => true });
  assert.equal(asked.conditions.find(({ type }) => type === 'Succeeded')?.reason, 'Rerun');
  const second = await drive(cluster);
  assert.ok(isTrue(second, 'Succeeded'));
  const runs = (status: typeof first) => [...status.stages.filter(({ stage }) => stage !== 'autoencoders'), ...status.observations].map(({ run }) => run);
  assert.deepEqual(runs(first), [1, 1, 1, 1, 1, 1]);
  assert.deepEqual(runs(second), [1, 1, 2, 1, 2, 1]);
  change(cluster, { rerun: [{ observation: 'Fracture', times: 2 }] });
  assert.deepEqual(runs(await drive(cluster)), [1, 1, 3, 1, 3, 1]);
});

test('reconcile() redoes a failed observation of a failed training', async () => {
  const script: Script = ({ name, attempt }) => (name === 'Edema' && attempt === 1 ? { seconds: 10, exitCode: 66, message: 'gone' } : { seconds: 60 });
  const cluster = new FakeCluster(aTraining(three), script);
  assert.ok(isTrue(await drive(cluster), 'Failed'));
  change(cluster, { rerun: [{ observation: 'Edema', times: 1 }] });
  const status = await drive(cluster);
  assert.ok(isTrue(status, 'Succeeded') && !isTrue(status, 'Failed'));
});

test('reconcile() raises and lowers maxParallel while it runs, without stopping anybody', async () => {
  const cluster = new FakeCluster(aTraining({ autoencoders: { maxParallel: 1 } }));
  await drive(cluster, { until: isRunning('Support_Devices') });
  const limit = (maxParallel: number) => change(cluster, { autoencoders: { ...cluster.training.spec.autoencoders, maxParallel } });
  limit(4);
  await pass(cluster);
  assert.equal(cluster.running.length, 4);
  limit(2);
  await pass(cluster);
  assert.equal(cluster.running.length, 4);
  cluster.advance(60);
  await pass(cluster);
  await pass(cluster);
  assert.equal(cluster.running.length, 2);
});

test('reconcile() gets a lost result again by running the step', async () => {
  const script: Script = ({ name, attempt }) => ({ seconds: 60, ...(name === 'Edema' && attempt === 1 ? { message: '' } : {}) });
  const status = await drive(new FakeCluster(aTraining(three), script));
  assert.ok(isTrue(status, 'Succeeded'));
  assert.equal(status.observations[0]?.run, 2);
});

test('reconcile() counts no attempt and no time for a result that the next run finds in done.json', async () => {
  const script: Script = ({ name, attempt }) => {
    if (name !== 'Edema') return { seconds: 60 };
    return attempt === 1 ? { seconds: 60, message: '' } : { seconds: 5, message: renderAnswer({ result: anAutoencoderResult(), found: true }) };
  };
  const cluster = new FakeCluster(aTraining(three), script);
  const status = await drive(cluster);
  assert.ok(isTrue(status, 'Succeeded'));
  const { run, attempts, seconds, found } = status.observations[0] ?? {};
  assert.deepEqual({ run, attempts, seconds, found }, { run: 2, attempts: 1, seconds: 60, found: true });
  assert.equal(status.observations[1]?.found, undefined);
  assert.ok(cluster.events.some(({ message }) => message === 'Edema was finished before'));
});

test('reconcile() sums the time in which something worked: side by side once, pauses not at all', async () => {
  const cluster = new FakeCluster(aTraining(three));
  await drive(cluster, { until: isRunning('Edema') });
  cluster.advance(20);
  await pass(cluster);
  change(cluster, { suspend: true });
  await drive(cluster, { until: (status) => isTrue(status, 'Suspended') && !['active', 'stopping'].includes(stateOf(status, 'Edema') ?? '') });
  cluster.now += 86_400_000;
  change(cluster, { suspend: false });
  // Catalog, preprocessing, three autoencoders side by side that begin anew after 20 s, the combined model.
  assert.equal((await drive(cluster)).workedSeconds, 60 + 60 + 20 + 60 + 60);
  const combined = cluster.jobs.map(stepOfJob).find(({ stage }) => stage === 'combined');
  assert.equal(combined?.stage === 'combined' && combined.account.workedSeconds, 60 + 60 + 20 + 60);
});

test('reconcile() says what refuses the Pods of a Job', async () => {
  const cluster = new FakeCluster(aTraining(three));
  cluster.refusal = 'Error creating: pods "chest-catalog-1-x7k2p" is forbidden: exceeded quota: gpus, requested: pods=1, used: pods=0, limited: pods=0';
  const start = cluster.now;
  const status = await drive(cluster, { until: (now) => isTrue(now, 'ProgressStalled') });
  assert.ok(cluster.now - start <= 10_000);
  const stalled = status.conditions.find(({ type }) => type === 'ProgressStalled');
  const words = 'exceeded quota: gpus, requested: pods=1, used: pods=0, limited: pods=0';
  assert.deepEqual([stalled?.reason, stalled?.message], ['PodsRefused', `The cluster refuses the Pods of the catalog; lift what forbids them, and it goes on by itself: ${words}`]);
  assert.equal(status.stages[0]?.message, stalled?.message);
  cluster.refusal = null;
  const end = await drive(cluster);
  assert.ok(isTrue(end, 'Succeeded') && !isTrue(end, 'ProgressStalled'));
});

test('reconcile() does nothing more once the training is over', async () => {
  const cluster = new FakeCluster(aTraining(three));
  await drive(cluster);
  const { writes } = cluster;
  cluster.advance(86_400);
  await pass(cluster, someSettings());
  assert.equal(cluster.writes, writes);
  assert.equal(cluster.running.length, 0);
});

test('autoencoders that start at once are told of in one event', async () => {
  const cluster = new FakeCluster(aTraining({ observations: ['Edema', 'Fracture', 'Pneumonia'], autoencoders: { maxParallel: 2 } }));
  await drive(cluster);
  const started = cluster.events.filter(({ reason }) => reason === 'Started').map(({ message }) => message);
  assert.equal(started.length, 5);
  assert.match(started[2] ?? '', /^\w+, \w+ started$/);
});
