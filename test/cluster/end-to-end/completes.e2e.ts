import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Namespace } from './trainings.ts';

const namespace = new Namespace('chex-e2e-completes');
before(() => namespace.create());
after(() => namespace.remove());

test('a training of phantom films completes, its report lies in S3, and its removal leaves nothing in the cluster', async (t) => {
  const applied = performance.now();
  const training = namespace.applyTraining('smallest');
  await training.until('there is a Pod', () => training.pods().length > 0);
  t.diagnostic(`the first Pod was there ${Math.round(performance.now() - applied)} ms after \`kubectl apply\` was started`);
  const [created] = training.jobs();
  const born = namespace.kubectl('get', 'chextraining', 'smallest', '--output=jsonpath={.metadata.creationTimestamp}');
  t.diagnostic(`created ${born}, first Job ${created?.metadata.creationTimestamp}`);
  await training.untilCondition('Succeeded');
  t.diagnostic(`it succeeded after ${Math.round((performance.now() - applied) / 1000)} s`);

  const report = await training.readReport();
  assert.deepEqual(report.autoencoders.map(({ observation, attempts, epochs }) => [observation, attempts, epochs]), [['Edema', 1, 2], ['Support_Devices', 1, 2]]);
  const status = training.status();
  assert.equal(status?.stage, 'done');
  assert.equal(status.classes, '2/2');
  assert.equal(status.progressPercent, '100 %');
  assert.match(namespace.kubectl('get', 'cxt'), /smallest\s+done\s+100 %\s+2\/2/);
  namespace.kubectl('wait', '--for=condition=Succeeded', 'chextraining/smallest', '--timeout=5s');

  namespace.kubectl('delete', 'chextraining', 'smallest', '--timeout=60s');
  await training.until('nothing is left', () => training.jobs().length + training.pods().length === 0);
  assert.notEqual(await namespace.storage.head(`${training.folder}/report/report.html`), null);
});
