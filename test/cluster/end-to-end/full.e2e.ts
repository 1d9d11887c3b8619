import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Observation } from '../../../src/api/observations.ts';
import { observations } from '../../../src/api/observations.ts';
import { chexLabels } from '../../../src/api/labels.ts';
import type { Job } from '../../../src/api/kubernetes.ts';
import { Namespace } from './trainings.ts';

const namespace = new Namespace('chex-e2e-full');
before(() => namespace.create());
after(() => namespace.remove());

test('all 14 observations are trained, the longest first and four at a time, and stand in the report', async (t) => {
  const started = performance.now();
  const training = namespace.applyTraining('full', { observations, autoencoders: { epochs: 1, maxParallel: 4 } });
  await training.untilCondition('Succeeded', 480);
  t.diagnostic(`${Math.round((performance.now() - started) / 1000)} s`);

  assert.equal(training.status()?.classes, '14/14');
  const { autoencoders } = await training.readReport();
  assert.deepEqual(autoencoders.map(({ observation, attempts, epochs }) => [observation, attempts, epochs]), observations.map((observation) => [observation, 1, 1]));
  const films = new Map(autoencoders.map(({ observation, images }) => [observation, images]));
  const filmsOf = ({ metadata }: Job) => films.get(metadata.labels?.[chexLabels.observation] as Observation) ?? NaN;
  // Their length is their films': all have as many epochs. Jobs of the same second may stand in any order.
  const jobs = training.jobs().filter((job) => job.metadata.labels?.[chexLabels.stage] === 'autoencoders').sort((a, b) => createdAt(a) - createdAt(b) || filmsOf(b) - filmsOf(a));
  assert.deepEqual(jobs.map(filmsOf), [...films.values()].sort((a, b) => b - a));
  const atOnce = jobs.map((job) => jobs.filter((other) => createdAt(other) <= createdAt(job) && completedAt(other) > createdAt(job)).length);
  assert.equal(Math.max(...atOnce), 4);
});

/** Milliseconds since 1970, of whole seconds. */
function createdAt({ metadata }: Job): number {
  return Date.parse(metadata.creationTimestamp ?? '');
}

function completedAt({ status }: Job): number {
  return Date.parse(status?.completionTime ?? '');
}
