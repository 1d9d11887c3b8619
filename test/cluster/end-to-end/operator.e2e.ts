import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Job } from '../../../src/api/kubernetes.ts';
import { chexLabels } from '../../../src/api/labels.ts';
import type { CoreEvent } from '../../../src/kube/event-api.ts';
import { killReplica, leader, readyReplicas, rollBack, rollOut, writesOf } from './replicas.ts';
import type { Training } from './trainings.ts';
import { Namespace } from './trainings.ts';

const namespace = new Namespace('chex-e2e-operator');
/** An autoencoder takes longer than a Lease to run out, 15 s. */
const epochs = 500;
let undisturbed: object;

before(() => namespace.create());
after(() => namespace.remove());

test('of two operators only the one that leads writes', async (t) => {
  const started = performance.now();
  const training = namespace.applyTraining('undisturbed', { autoencoders: { epochs } });
  const leading = await training.until('an operator leads and another is ready', () => (readyReplicas().length === 2 ? leader() : null));
  const standby = readyReplicas().find((name) => name !== leading) ?? '';
  const earlier = { leading: writesOf(leading), standby: writesOf(standby) };
  await training.untilCondition('Succeeded');

  assert.equal(leader(), leading);
  assert.ok(writesOf(leading) > earlier.leading + training.jobs().length, 'the leader has written statuses and Jobs');
  assert.equal(writesOf(standby), earlier.standby);
  const events = namespace.list<CoreEvent>('events').filter(({ involvedObject }) => involvedObject.kind === 'ChexTraining');
  assert.deepEqual(new Set(events.map(({ reportingInstance }) => reportingInstance)), new Set([leading]));
  assertEachStepRanOnce(training);
  undisturbed = await training.readFigures();
  t.diagnostic(`${Math.round((performance.now() - started) / 1000)} s`);
});

test('the leading operator killed at ten moments of a training changes nothing in its result', async (t) => {
  const started = performance.now();
  const training = namespace.applyTraining('killed', { autoencoders: { epochs, maxParallel: 1 } });
  for (const [moment, isReached] of moments) {
    await training.until(moment, isReached);
    killReplica(await training.until('an operator leads', () => leader()));
    t.diagnostic(`killed after ${Math.round((performance.now() - started) / 1000)} s, when ${moment}`);
  }
  await training.untilCondition('Succeeded');

  assert.deepEqual(await training.readFigures(), undisturbed);
  assertEachStepRanOnce(training);
  namespace.kubectl('delete', 'chextraining', 'killed', '--timeout=60s');
  await training.until('nothing is left', () => training.jobs().length + training.pods().length === 0);
  t.diagnostic(`${Math.round((performance.now() - started) / 1000)} s`);
});

test('a training goes on through an upgrade of the operator, its Pods untouched, its image the one it started with', async (t) => {
  const started = performance.now();
  const training = namespace.applyTraining('upgraded', { autoencoders: { epochs } });
  await training.until('both autoencoders train', () => ranPods(training, 'autoencoders') === 2);
  const [pods, replicas] = [uidsOf(training), readyReplicas()];
  rollOut((argument) => argument.replace(/^(--worker-image=.*):.*/, '$1:next'));
  try {
    assert.deepEqual(readyReplicas().filter((name) => replicas.includes(name)), []);
    assert.deepEqual(training.status()?.observations.map(({ state }) => state), ['active', 'active']);
    await training.untilCondition('Succeeded');
    t.diagnostic(`${Math.round((performance.now() - started) / 1000)} s`);
  } finally {
    rollBack();
  }
  assert.deepEqual(uidsOf(training), pods);
  assert.deepEqual(await training.readFigures(), undisturbed);
  assertEachStepRanOnce(training);
  const images = namespace.kubectl('get', 'pods', `--selector=${chexLabels.training}=upgraded`, '--output=jsonpath={.items[*].spec.containers[*].image}').split(' ');
  assert.deepEqual(new Set(images), new Set([training.status()?.workerImage]));
});

const moments: readonly (readonly [string, (training: Training) => boolean])[] = [
  ['its first Job is there', (training) => training.jobs().length > 0],
  ['the catalog is complete', (training) => completeJobs(training, 'catalog') === 1],
  ['a shard is preprocessed', (training) => ranPods(training, 'preprocess') > 0],
  ['all shards are preprocessed', (training) => completeJobs(training, 'preprocess') === 1],
  ['the first autoencoder has its Pod', (training) => training.pods(stageIs('autoencoders')).length > 0],
  ['an autoencoder has told of its epochs', (training) => training.status()?.observations.some(({ epoch = 0 }) => epoch > 1) ?? false],
  ['an autoencoder is complete', (training) => completeJobs(training, 'autoencoders') > 0],
  ['the second autoencoder has its Pod', (training) => training.pods(stageIs('autoencoders')).length === 2],
  ['both autoencoders have told of their epochs', (training) => training.status()?.observations.every(({ epoch = 0 }) => epoch > 1) ?? false],
  ['the combined model is trained', (training) => ranPods(training, 'combined') === 1],
];

function assertEachStepRanOnce(training: Training): void {
  const jobs = training.jobs();
  assert.deepEqual(jobs.map(stepOf).sort(), ['autoencoders Edema', 'autoencoders Support_Devices', 'catalog', 'combined', 'preprocess']);
  assert.ok(jobs.every((job) => isComplete(job) && (job.status?.failed ?? 0) === 0), 'no Pod failed');
  const status = training.status();
  assert.deepEqual(status?.stages.map(({ stage, run, attempts }) => [stage, run, attempts]), [['catalog', 1, 1], ['preprocess', 1, 2], ['autoencoders', 0, 2], ['combined', 1, 1]]);
  assert.deepEqual(status.observations.map(({ run, attempts }) => [run, attempts]), [[1, 1], [1, 1]]);
  const owners = new Set(jobs.map(({ metadata }) => metadata.uid));
  assert.equal(training.pods().length, 6);
  for (const { metadata } of training.pods()) assert.ok(owners.has(metadata.ownerReferences?.[0]?.uid), metadata.name);
}

function stepOf({ metadata: { labels = {} } }: Job): string {
  return [labels[chexLabels.stage], labels[chexLabels.observation]].filter((part) => part !== undefined).join(' ');
}

function isComplete({ status }: Job): boolean {
  return status?.conditions?.some(({ type, status }) => type === 'Complete' && status === 'True') ?? false;
}

function completeJobs(training: Training, stage: string): number {
  return training.jobs().filter((job) => job.metadata.labels?.[chexLabels.stage] === stage && isComplete(job)).length;
}

/** Pods of a stage whose program was started. */
function ranPods(training: Training, stage: string): number {
  return training.pods(stageIs(stage)).filter(({ status }) => status.phase !== 'Pending').length;
}

function uidsOf(training: Training): readonly (string | undefined)[] {
  return training.pods(stageIs('autoencoders')).map(({ metadata }) => metadata.uid).sort();
}

function stageIs(stage: string): string {
  return `${chexLabels.stage}=${stage}`;
}
