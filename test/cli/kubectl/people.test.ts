/** The commands at a cluster against an API server in memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTraining } from '../../../src/cli/kubectl/find-training.ts';
import { labelsOfStep, observationOf } from '../../../src/cli/kubectl/step-labels.ts';
import { rerun, suspend } from '../../../src/cli/kubectl/steer.ts';
import { watch } from '../../../src/cli/kubectl/watch.ts';
import { ApiFault } from '../../../src/kube/api-fault.ts';
import type { People } from '../../../src/kube/people.ts';
import type { TrainingObject } from '../../../src/kube/training-object.ts';
import { trainingAsSeen } from './a-training.ts';

/** What People does, on objects in memory: a change is a merge patch, refused where the version is old. */
function peopleWith(trainings: TrainingObject[]): { people: People; stored: TrainingObject[] } {
  const stored = trainings;
  const people = {
    trainings: async (namespace: string | undefined) => stored.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace),
    training: async ({ namespace, name }: { namespace: string; name: string }) => stored.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name) ?? null,
    change: async ({ name }: { name: string }, { spec, resourceVersion }: { spec: object; resourceVersion?: string }) => {
      const index = stored.findIndex(({ metadata }) => metadata.name === name);
      const found = stored[index];
      if (found === undefined) throw new ApiFault({ code: 404, reason: 'NotFound', message: 'gone' });
      if (resourceVersion !== undefined && resourceVersion !== found.metadata.resourceVersion) throw new ApiFault({ code: 409, reason: 'Conflict', message: 'changed' });
      stored[index] = { ...found, metadata: { ...found.metadata, resourceVersion: `${found.metadata.resourceVersion}1` }, spec: { ...(found.spec as object), ...spec } };
    },
  } as unknown as People;
  return { people, stored };
}

const names = (training: TrainingObject, ...all: string[]) => all.map((name) => ({ ...training, metadata: { ...training.metadata, name } }));

test('findTraining() takes the only one, or says what there is', async () => {
  const training = await trainingAsSeen({ observations: ['Edema'] });
  const { people } = peopleWith(names(training, 'chest'));
  assert.equal((await findTraining(people, { namespace: 'default', name: undefined })).metadata.name, 'chest');
  const sentence = (name: string | undefined, namespace = 'default', among = people) => findTraining(among, { namespace, name }).then(() => assert.fail(), (error: unknown) => (error as Error).message);
  assert.equal(await sentence('chst'), 'There is no training "chst" in namespace default: there is chest; did you mean chest?');
  assert.equal(await sentence(undefined, 'lungs'), 'In namespace lungs there are no trainings; -n names another namespace.');
  const two = peopleWith(names(training, 'one', 'two')).people;
  assert.equal(await sentence(undefined, 'default', two), 'Name one of the trainings in namespace default: there are one, two.');
});

test('suspend() sets the spec once, and says where nothing is to be done', async () => {
  const running = await trainingAsSeen({ observations: ['Edema'] }, { until: ({ stage }) => stage === 'autoencoders' });
  const { people, stored } = peopleWith([running]);
  assert.equal(await suspend(people, running, true), 'default/chest: workers save their checkpoints and stop.');
  assert.equal((stored[0]?.spec as { suspend: boolean }).suspend, true);
  assert.equal(await suspend(people, stored[0] ?? running, true), 'default/chest is suspended already.');
  assert.equal(await suspend(people, stored[0] ?? running, false), 'default/chest goes on where it was.');
  const over = await trainingAsSeen({ observations: ['Edema'] });
  await assert.rejects(suspend(peopleWith([over]).people, over, true), { exitCode: 1, message: 'Cannot suspend default/chest: it is over.' });
});

test('suspend() says of a training that its budget stops that no resuming helps', async () => {
  const running = await trainingAsSeen({ observations: ['Edema'] }, { until: ({ stage }) => stage === 'autoencoders' });
  const message = '5.00 USD of the budget of 5.00 USD are spent; checkpoints are saved and nothing is started. Raise spec.budget.amount to go on';
  const conditions = [{ type: 'BudgetExceeded', status: 'True', reason: 'BudgetExceeded', message }];
  const stopped = { ...running, spec: { ...(running.spec as object), budget: { amount: '5.00' } }, status: { ...running.status, conditions } } as unknown as TrainingObject;
  assert.equal(await suspend(peopleWith([stopped]).people, stopped, false), `default/chest is stopped by its budget: ${message}`);
  const asked = { ...stopped, spec: { ...(stopped.spec as object), suspend: true } } as TrainingObject;
  assert.equal(await suspend(peopleWith([asked]).people, asked, false), `default/chest is asked to go on, and its budget still stops it: ${message}`);
});

test('rerun() adds to what was asked before, also by somebody at the same time', async () => {
  const over = await trainingAsSeen({ observations: ['Edema', 'Fracture'], rerun: [{ observation: 'Fracture', times: 2 }] });
  const { people, stored } = peopleWith([over]);
  await people.change(over.metadata, { spec: { rerun: [{ observation: 'Fracture', times: 3 }] } });
  assert.equal(await rerun(people, over, ['Edema', 'Fracture']), 'default/chest: Edema, Fracture will be trained again, and then the combined model.');
  assert.deepEqual((stored[0]?.spec as { rerun: unknown }).rerun, [{ observation: 'Edema', times: 1 }, { observation: 'Fracture', times: 4 }]);
  stored.splice(0);
  await assert.rejects(rerun(people, over, ['Edema']), { message: /gone/ });
});

test('watch() shows each new status once and ends with the training; its exit code tells how', async () => {
  const over = await trainingAsSeen({ observations: ['Edema'] });
  const running = await trainingAsSeen({ observations: ['Edema'] }, { until: ({ stage }) => stage === 'autoencoders' });
  const answers: (TrainingObject | null)[] = [running, running, over];
  const people = { training: async () => answers.shift() ?? null } as unknown as People;
  const [shown, printed, notes]: [number[], string[], string[]] = [[], [], []];
  const screen = { show: (status: { progress: number }) => void shown.push(status.progress), tell: () => {}, note: (line: string) => void notes.push(line) };
  const options = { screen, print: (line: string) => void printed.push(line), now: () => 0, signal: new AbortController().signal, pauseMilliseconds: 0 };
  assert.equal(await watch(people, running, options), 0);
  assert.deepEqual([shown.length, shown.at(-1), printed.length], [2, 1, 1]);
  assert.match(printed[0] ?? '', /^The report is written: /);
  assert.equal(await watch(people, running, options), 1);
  assert.deepEqual(notes, ['The training default/chest has been deleted.']);
});

test('steps are known by what people type', () => {
  assert.deepEqual(labelsOfStep('lung lesion'), { 'chex.dev/stage': 'autoencoders', 'chex.dev/observation': 'Lung_Lesion' });
  assert.deepEqual(labelsOfStep('Combined'), { 'chex.dev/stage': 'combined' });
  assert.throws(() => observationOf('edmea'), { exitCode: 64, message: 'There is no observation "edmea". Did you mean Edema?' });
  assert.throws(() => observationOf('tuberculosis'), { exitCode: 64, message: /^There is no observation "tuberculosis"\. There is Lung_Lesion, Atelectasis, .*, Consolidation\.$/ });
});
