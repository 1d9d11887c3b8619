import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Job, Pod } from '../../../src/api/kubernetes.ts';
import { chexLabels } from '../../../src/api/labels.ts';
import type { Training } from './trainings.ts';
import { Namespace } from './trainings.ts';

const namespace = new Namespace('chex-e2e-steering');
/** An autoencoder takes long enough to be met while it trains. */
const autoencoders = { epochs: 150 };
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

function autoencoderJobs(training: Training): readonly Job[] {
  return training.jobs().filter(({ metadata }) => metadata.labels?.[chexLabels.stage] === 'autoencoders');
}

function autoencoderPods(training: Training): readonly Pod[] {
  return training.pods(`${chexLabels.stage}=autoencoders`);
}

function observationsOf(training: Training) {
  return training.status()?.observations ?? [];
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
