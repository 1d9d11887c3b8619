import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readMetric, readyReplicas } from './replicas.ts';
import { Namespace } from './trainings.ts';

const namespace = new Namespace('chex-e2e-completes');
before(() => namespace.create());
after(() => namespace.remove());

test('a training of phantom films completes, its report lies in S3, and its removal leaves nothing in the cluster', async (t) => {
  for (const name of readyReplicas()) t.diagnostic(`${name} takes ${Math.round(readMetric(name, 'process_resident_memory_bytes') / 1e6)} MB`);
  const applied = Date.now();
  const training = namespace.applyTraining('smallest');
  await training.untilCondition('Succeeded');
  t.diagnostic(`it succeeded ${Math.round((Date.now() - applied) / 1000)} s after \`kubectl apply\` was started; the operator began with it after ${Date.parse(training.status()?.startTime ?? '') - applied} ms, and the scheduler saw its first Pod after ${firstSeen() - applied} ms`);

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

/** When the scheduler first saw a Pod, whether or not a node had room, in milliseconds since 1970: Pods themselves tell whole seconds. */
function firstSeen(): number {
  const times = namespace.list<{ eventTime: string | null }>('events').map(({ eventTime }) => eventTime ?? '');
  return Math.min(...times.filter((time) => time !== '').map((time) => Date.parse(time)));
}
