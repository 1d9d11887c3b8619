/** The study's 14 autoencoders with their own durations, as the operator would have run them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../src/api/kubernetes.ts';
import { chexLabels } from '../../src/api/labels.ts';
import { observations } from '../../src/api/observations.ts';
import { estimate } from '../../src/plan/estimate.ts';
import { planTraining } from '../../src/plan/plan.ts';
import { draftCatalog } from '../../src/plan/drafts.ts';
import { autoencoderFilmWork } from '../../src/plan/work.ts';
import { aTraining, someSettings } from '../builders.ts';
import { drive } from '../fakes/drive.ts';
import type { Script } from '../fakes/fake-cluster.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';
import { studyMinutes } from '../plan/study.ts';
import { aCatalogResult } from '../results.ts';

const isAutoencoder = ({ metadata }: Job) => metadata.labels?.[chexLabels.stage] === 'autoencoders';

/** Films in proportion to the time that they took. */
const films = Object.fromEntries(observations.map((observation) => [observation, studyMinutes(observation)]));

for (const maxParallel of [5, 14]) {
  test(`the study's autoencoders, ${maxParallel} at a time and the longest first, end after 38.9 h`, async () => {
    // A minute passes in a second.
    const script: Script = ({ name }) => {
      if (name === 'catalog') return { seconds: 1, message: JSON.stringify(aCatalogResult(films)) };
      return { seconds: name === 'preprocess' || name === 'combined' ? 1 : studyMinutes(name) };
    };
    const cluster = new FakeCluster(aTraining({ autoencoders: { maxParallel } }), script);
    let most = 0;
    const status = await drive(cluster, {
      until: () => {
        most = Math.max(most, cluster.running.filter(isAutoencoder).length);
        return false;
      },
    });
    const times = cluster.jobs.filter(isAutoencoder).map(({ metadata, status: ended }) => [Date.parse(metadata.creationTimestamp ?? ''), Date.parse(ended?.completionTime ?? '')] as const);
    const wall = Math.max(...times.map(([, end]) => end)) - Math.min(...times.map(([start]) => start));
    assert.deepEqual([status.classes, most, (wall / 1000 / 60).toFixed(1)], ['14/14', maxParallel, '38.9']);
  });
}

test('estimate() of the study: 183.2 GPU-hours, and five at a time lose no time', () => {
  const training = aTraining({ observations: [...observations] });
  const settings = someSettings();
  const { digest } = draftCatalog({ training, settings });
  const result = aCatalogResult(films);
  const plan = planTraining({ training, settings, results: new Map([['catalog', { state: 'succeeded', digest, result }]]) });
  const { epochs } = training.spec.autoencoders;
  // As many a second as make a film's epochs last a minute.
  const speed = (4 * epochs * autoencoderFilmWork(training.spec)) / 60;
  const { autoencoderHours, walls, fewestParallel, jobs } = estimate(plan, { speed, finished: new Set() });
  assert.equal(autoencoderHours?.toFixed(2), '183.18');
  assert.equal(fewestParallel, 5);
  assert.deepEqual(walls.map(({ maxParallel, hours }) => [maxParallel, hours?.toFixed(1)]), [[1, '183.2'], [2, '91.8'], [3, '61.9'], [4, '47.0'], [5, '38.9'], [14, '38.9']]);
  assert.equal(jobs.find(({ stage }) => stage === 'autoencoders')?.observation, 'Pleural_Effusion');
});
