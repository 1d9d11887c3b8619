import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import type { TrainingState } from '../../src/metrics/training-metrics.ts';
import { exportTrainings } from '../../src/metrics/training-metrics.ts';
import { aTraining } from '../builders.ts';
import { drive } from '../fakes/drive.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';

async function aState(name: string, until: (status: TrainingState['status']) => boolean): Promise<TrainingState> {
  const training = aTraining({ observations: ['Edema', 'Fracture'], autoencoders: { overrides: [{ observation: 'Fracture', resources: { gpu: 0 } }] } }, { name });
  const cluster = new FakeCluster(training);
  return { training, status: await drive(cluster, { until }) };
}

async function scrape(read: () => readonly TrainingState[]): Promise<(series: string) => string[]> {
  const registry = new Registry();
  exportTrainings(registry, read);
  const text = await registry.metrics();
  return (series) => text.split('\n').filter((line) => line.startsWith(`chextraining_${series}`));
}

test('exportTrainings() tells what a status holds, and nothing of what is unknown', async () => {
  const state = await aState('chest', ({ observations }) => observations.some(({ progress = 0 }) => progress > 0.3));
  const lines = await scrape(() => [state]);
  const edema = state.status.observations.find(({ observation }) => observation === 'Edema');
  assert.deepEqual(lines('progress_ratio'), [`chextraining_progress_ratio{namespace="default",name="chest"} ${state.status.progress}`]);
  assert.ok(lines('step_progress_ratio').includes(`chextraining_step_progress_ratio{namespace="default",name="chest",stage="autoencoders",observation="Edema"} ${edema?.progress}`));
  assert.ok(lines('step_attempts').includes('chextraining_step_attempts{namespace="default",name="chest",stage="catalog",observation=""} 1'));
  assert.deepEqual(lines('step_state').filter((line) => line.includes('Edema')), ['chextraining_step_state{namespace="default",name="chest",stage="autoencoders",observation="Edema",state="active"} 1']);
  assert.ok(lines('status_condition').includes('chextraining_status_condition{namespace="default",name="chest",type="Succeeded",status="True"} 0'));
  assert.ok(lines('info').some((line) => line.includes('dataset="s3://hospital/CheXpert-v1.0-small"') && line.endsWith(' 1')));
  // The combined model has not begun.
  assert.deepEqual(lines('images_per_second').filter((line) => line.includes('stage="combined"')), []);
  assert.deepEqual(lines('loss').filter((line) => line.includes('stage="combined"')), []);
});

test('exportTrainings() counts the seconds of GPUs only where a step has any', async () => {
  const state = await aState('chest', () => false);
  const lines = await scrape(() => [state]);
  const edema = state.status.observations.find(({ observation }) => observation === 'Edema');
  assert.ok((edema?.seconds ?? 0) > 0);
  assert.deepEqual(
    lines('gpu_seconds_total').map((line) => line.replace(/^.*stage="(\w+)",observation="(\w*)"} /, '$1 $2 ')),
    [`autoencoders Edema ${edema?.seconds}`, `combined  ${state.status.stages.find(({ stage }) => stage === 'combined')?.seconds}`],
  );
});

test('series vanish with their training', async () => {
  const states = [await aState('first', () => false), await aState('second', () => false)];
  const registry = new Registry();
  exportTrainings(registry, () => states);
  assert.match(await registry.metrics(), /name="first"/);
  states.shift();
  const left = await registry.metrics();
  assert.doesNotMatch(left, /name="first"/);
  assert.match(left, /name="second"/);
});
