import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Job, Pod } from '../../../src/api/kubernetes.ts';
import { chexLabels } from '../../../src/api/labels.ts';
import type { Training } from './trainings.ts';
import { Namespace } from './trainings.ts';

const namespace = new Namespace('chex-e2e-steering');
/** An autoencoder takes long enough to be met while it trains. */
const autoencoders = { epochs: 100 };
/** Whatever happens to the others, they make what this one makes. */
let undisturbed: Training;

before(async () => {
  await namespace.create();
  undisturbed = namespace.applyTraining('undisturbed', { autoencoders });
});
after(() => namespace.remove());

test('a suspended training saves and goes; resumed, it goes on where it was and makes what it would have made', async (t) => {
  const started = performance.now();
  const training = namespace.applyTraining('paused', { autoencoders });
  await training.until('both autoencoders have saved', async () => (await training.savedUpdates('Edema')) > 0 && (await training.savedUpdates('Support_Devices')) > 0);
  training.patch({ suspend: true });
  await training.until('they are gone', () => autoencoderJobs(training).length + autoencoderPods(training).length === 0 && observationsOf(training).every(({ state }) => state === 'ready'));

  assert.deepEqual(conditionOf(training, 'Suspended'), ['True', 'SuspendAsked']);
  assert.deepEqual(conditionOf(training, 'Failed'), ['False', 'NoFault']);
  assert.deepEqual(
    observationsOf(training).map(({ run, attempts, disruptions, message }) => ({ run, attempts, disruptions, message })),
    [1, 2].map(() => ({ run: 1, attempts: 1, disruptions: undefined, message: 'Suspended; it goes on from its last checkpoint' })),
  );
  const saved = await training.files('autoencoders');
  const updates = [await training.savedUpdates('Edema'), await training.savedUpdates('Support_Devices')];
  assert.ok(updates.every((each) => each > 0));
  t.diagnostic(`suspended after ${seconds(started)} s, with ${updates.join(' and ')} updates saved`);

  training.patch({ suspend: false });
  await training.untilCondition('Succeeded');
  assert.deepEqual(observationsOf(training).map(({ run, attempts }) => [run, attempts]), [[2, 2], [2, 2]]);
  await assertGoneOn(training, saved);
  await assertUndisturbed(training);
  t.diagnostic(`${seconds(started)} s`);
});

test('maxParallel raised while an autoencoder trains starts the next one beside it', async (t) => {
  const started = performance.now();
  const training = namespace.applyTraining('widened', { observations: ['Edema', 'Support_Devices', 'Cardiomegaly'], autoencoders: { ...autoencoders, maxParallel: 1 } });
  await training.until('an autoencoder trains', () => statesOf(training).active === 1 && autoencoderPods(training).length > 0);
  const [first] = autoencoderPods(training);
  assert.deepEqual([autoencoderJobs(training).length, autoencoderPods(training).length], [1, 1]);
  assert.deepEqual(waitsOf(training), Array.from({ length: 2 }, () => 'Waits for a free place (maxParallel 1)'));

  training.patch({ autoencoders: { maxParallel: 2 } });
  await training.until('two train', () => autoencoderPods(training).length > 1 && statesOf(training).active === 2);
  assert.deepEqual([autoencoderJobs(training).length, autoencoderPods(training).length], [2, 2]);
  assert.deepEqual(waitsOf(training), ['Waits for a free place (maxParallel 2)']);
  const same = autoencoderPods(training).find(({ metadata }) => metadata.uid === first?.metadata.uid);
  assert.ok(same?.status.phase === 'Running' && same.metadata.deletionTimestamp === undefined, 'the first goes on untouched');

  await training.untilCondition('Succeeded');
  assert.deepEqual(observationsOf(training).map(({ run, attempts }) => [run, attempts]), Array.from({ length: 3 }, () => [1, 1]));
  t.diagnostic(`${seconds(started)} s`);
});

test('a Job deleted by hand goes on in its next run once its Pod has saved and gone; a finished one is not made again', async (t) => {
  const started = performance.now();
  const training = namespace.applyTraining('bereft', { autoencoders: { ...autoencoders, maxParallel: 1 } });
  const finished = await training.until('one autoencoder is finished', () => observationsOf(training).find(({ state }) => state === 'succeeded'));
  const running = observationsOf(training).find(({ observation }) => observation !== finished.observation);
  assert.ok(finished.job !== undefined && running !== undefined);
  await training.until('the other has saved', async () => (await training.savedUpdates(running.observation)) > 0);
  const before = await training.files('autoencoders');
  const deleted = autoencoderJobs(training).map(({ metadata }) => metadata.name);
  assert.equal(deleted.length, 2);
  namespace.kubectl('delete', 'job', ...deleted, '--wait=false');
  await training.until('it goes on', () => {
    const alive = autoencoderPods(training).filter(({ status }) => status.phase === 'Running' || status.phase === 'Pending');
    assert.ok(alive.length < 2, `two write at a time: ${alive.map(({ metadata }) => metadata.name).join(', ')}`);
    return alive.some(({ metadata, status }) => status.phase === 'Running' && !deleted.some((job) => metadata.name.startsWith(job)));
  });
  await training.untilCondition('Succeeded');

  const found = Object.fromEntries(observationsOf(training).map(({ observation, run, attempts }) => [observation, [run, attempts]]));
  assert.deepEqual(found, { [finished.observation]: [1, 1], [running.observation]: [2, 2] });
  assert.deepEqual(autoencoderJobs(training).map(({ metadata }) => metadata.labels?.[chexLabels.observation]), [running.observation]);
  const end = await training.files('autoencoders');
  const ofFinished = Object.keys(before).filter((uri) => uri.includes(`/${finished.observation}/`));
  assert.deepEqual(ofFinished.filter((uri) => end[uri] !== before[uri]), []);
  await assertGoneOn(training, before);
  await assertUndisturbed(training);
  t.diagnostic(`${seconds(started)} s`);
});

test('an autoencoder whose loss no longer falls stops early, and status and report tell at which epoch', async (t) => {
  const started = performance.now();
  const training = namespace.applyTraining('patient', { autoencoders: { epochs: 50, earlyStopping: { minDelta: 1, patience: 2 } } });
  await training.untilCondition('Succeeded');
  // No loss falls by 1: the first epoch is the best, and two more are waited for.
  const results = observationsOf(training).map(({ epoch, result = {} }) => ({ epoch, epochs: result['epochs'], stoppedEarly: result['stoppedEarly'] }));
  assert.deepEqual(results, Array.from({ length: 2 }, () => ({ epoch: 3, epochs: 3, stoppedEarly: true })));
  assert.deepEqual((await training.readReport()).autoencoders.map(({ epochs }) => epochs), [3, 3]);
  t.diagnostic(`${seconds(started)} s`);
});

test('once a training has started the API server refuses to change what its work is made with, says why, and takes the rest', async (t) => {
  const started = performance.now();
  const training = namespace.applyTraining('frozen', { suspend: true, budget: { amount: '100.00' }, prices: { nodes: [{ perHour: '1.00' }] } });
  await training.until('it is suspended', () => conditionOf(training, 'Suspended')?.[0] === 'True');
  assert.equal(training.refusalOf({ seed: frozenChanges['seed'], observations: frozenChanges['observations'] }), null, 'it has not started');
  training.patch({ suspend: false });
  await training.until('it has started', () => training.status()?.startTime);
  training.patch({ suspend: true });

  const { properties } = JSON.parse(namespace.kubectl('get', 'crd', 'chextrainings.chex.dev', '--output=jsonpath={.spec.versions[0].schema.openAPIV3Schema.properties.spec}')) as Schema;
  assert.deepEqual(fieldsOf(properties ?? {}).sort(), [...new Set([...Object.keys(frozenChanges), ...Object.keys(mutableChanges), 'budget.currency', 'prices.currency'])].sort());
  for (const [field, value] of Object.entries(frozenChanges)) {
    const refusal = training.refusalOf(specWith(field, value)) ?? '';
    const [, named = ''] = /^.* is invalid: spec\.(\S+): Invalid value: .* frozen once the training has started, because (?:finished work was made with (?:it|them); apply it under another name, or change only suspend, |its Jobs hold it; delete the training and apply it again with the change: what is finished is not done twice)/.exec(refusal) ?? [];
    assert.ok(`${field}.`.startsWith(`${named}.`), `${field}: ${refusal}`);
  }
  for (const [field, value] of Object.entries(mutableChanges)) assert.equal(training.refusalOf(specWith(field, value)), null, field);
  assert.equal(training.refusalOf({ budget: { currency: 'EUR' }, prices: { currency: 'EUR' } }), null);
  assert.match(training.refusalOf({ budget: { currency: 'EUR' } }) ?? '', /the budget must be in the currency of prices/);
  namespace.kubectl('delete', 'chextraining', 'frozen', '--timeout=60s');
  t.diagnostic(`${seconds(started)} s`);
});

/** Another value for each field below `spec` or below a section of it that is frozen; each is good in itself. */
const frozenChanges: Readonly<Record<string, unknown>> = {
  'dataset.uri': 's3://films/others',
  'dataset.layout': 'CheXpert',
  'dataset.uncertain': 'Zeros',
  'dataset.uncertainByObservation': { Edema: 'Zeros' },
  'dataset.validationFraction': 0.2,
  'dataset.maxRejected': 0.5,
  'output.uri': 's3://films/elsewhere',
  'output.existing': 'Replace',
  'storage.endpoint': 'https://s3.example.org',
  'storage.region': 'eu-central-1',
  'storage.forcePathStyle': false,
  'storage.secretName': 'another',
  'storage.serviceAccountName': 'trainer',
  'storage.checksums': 'Always',
  observations: ['Edema'],
  seed: 7,
  queueName: 'gpus',
  'preprocess.size': 96,
  'preprocess.contrast': 'None',
  'preprocess.clahe': { tiles: 4 },
  'preprocess.augment': 'None',
  'preprocess.encoding': 'Png',
  'preprocess.quality': 90,
  'preprocess.shards': 4,
  'autoencoders.epochs': 3,
  'autoencoders.batchSize': 4,
  'autoencoders.learningRate': 0.01,
  'autoencoders.loss': 'MeanSquaredError',
  'autoencoders.order': 'Listed',
  'autoencoders.minSucceeded': 1,
  'autoencoders.earlyStopping': { patience: 5 },
  'autoencoders.width': 0.5,
  'autoencoders.overrides': [{ observation: 'Edema', epochs: 3 }],
  'combined.architecture': 1,
  'combined.head': 'Softmax',
  'combined.backbone': 'None',
  'combined.backboneWeightsUri': 's3://films/weights.h5',
  'combined.backboneWeights': 'Random',
  'combined.epochs': 3,
  'combined.batchSize': 4,
  'combined.learningRate': 0.01,
};

const mutableChanges: Readonly<Record<string, unknown>> = {
  suspend: false,
  rerun: [{ observation: 'Edema', times: 1 }],
  'budget.amount': '200.00',
  'prices.source': 'a bill',
  'prices.date': '2026-07-20',
  'prices.nodes': [{ perHour: '2.00' }],
  'budget.warnAtPercent': [90],
  'budget.onExceeded': 'Warn',
  'retention.finishedJobsDays': 1,
  'preprocess.parallelism': 2,
  'preprocess.resources': { cpu: '300m' },
  'autoencoders.maxParallel': 1,
  'autoencoders.checkpointEverySeconds': 5,
  'autoencoders.progressDeadlineSeconds': 60,
  'autoencoders.resources': { cpu: '300m' },
  'autoencoders.scheduling': { priorityClassName: 'low' },
  'autoencoders.overrides': [{ observation: 'Edema', resources: { cpu: '300m' } }],
  'combined.resources': { cpu: '300m' },
  'combined.scheduling': { priorityClassName: 'low' },
};

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

function fieldsOf(sections: Readonly<Record<string, Schema>>): string[] {
  return Object.entries(sections).flatMap(([section, { properties }]) => (properties === undefined ? [section] : Object.keys(properties).map((field) => `${section}.${field}`)));
}

function specWith(field: string, value: unknown): object {
  const [section = '', inner] = field.split('.');
  return { [section]: inner === undefined ? value : { [inner]: value } };
}

function autoencoderJobs(training: Training): readonly Job[] {
  return training.jobs().filter(({ metadata }) => metadata.labels?.[chexLabels.stage] === 'autoencoders');
}

function autoencoderPods(training: Training): readonly Pod[] {
  return training.pods(`${chexLabels.stage}=autoencoders`);
}

function observationsOf(training: Training) {
  return training.status()?.observations ?? [];
}

function statesOf(training: Training): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(Object.groupBy(observationsOf(training), ({ state }) => state)).map(([state, those]) => [state, those.length]));
}

/** Why those wait that could start. */
function waitsOf(training: Training) {
  return observationsOf(training).flatMap(({ state, message }) => (state === 'ready' ? [message] : []));
}

function conditionOf(training: Training, wanted: string): readonly [status: string, reason: string] | undefined {
  return training.status()?.conditions.flatMap(({ type, status, reason }) => (type === wanted ? [[status, reason] as const] : []))[0];
}

/** What was logged before stands as it was: a training that begins anew logs anew. */
async function assertGoneOn(training: Training, before: Readonly<Record<string, string>>): Promise<void> {
  const logs = Object.entries(before).filter(([uri]) => uri.includes('/logs/'));
  assert.notEqual(logs.length, 0);
  const now = await training.files('autoencoders');
  assert.deepEqual(logs.filter(([uri, etag]) => now[uri] !== etag), []);
}

async function assertUndisturbed(training: Training): Promise<void> {
  await undisturbed.untilCondition('Succeeded');
  assert.deepEqual(await training.readFigures(), await undisturbed.readFigures());
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 1000);
}
