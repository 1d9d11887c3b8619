import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Namespace } from './trainings.ts';

const namespace = new Namespace('chex-e2e-life');
before(() => namespace.create());
after(() => namespace.remove());

test('one observation is trained again when asked for, twice, and the combined model with it', async () => {
  const training = namespace.applyTraining('again');
  await training.untilCondition('Succeeded');
  for (const times of [1, 2]) {
    training.patch({ rerun: [{ observation: 'Edema', times }] });
    await training.until('it begins again', () => training.status()?.conditions.some(({ type, status, reason }) => type === 'Succeeded' && status === 'False' && reason === 'Rerun'));
    await training.untilCondition('Succeeded');
  }
  const runs = training.status()?.observations.map(({ observation, run }) => [observation, run]);
  assert.deepEqual(runs, [['Edema', 3], ['Support_Devices', 1]]);
  assert.equal(training.status()?.stages.find(({ stage }) => stage === 'combined')?.run, 3);
});

test('bad data fails once and is not tried again', async () => {
  const training = namespace.applyTraining('bad', { dataset: { uri: 's3://films/nothing-here' } });
  await training.untilCondition('Failed');
  const status = training.status();
  assert.equal(status?.stages[0]?.attempts, 1);
  assert.ok([65, 66].includes(status.stages[0].exitCode ?? 0), JSON.stringify(status.stages[0]));
  assert.match(status.message, /nothing-here/);
});
