import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation } from '../../src/api/observations.ts';
import { observations } from '../../src/api/observations.ts';
import type { TrainingStatus } from '../../src/api/status.ts';
import { assumedSpeeds } from '../../src/plan/work.ts';
import { aTraining, someSettings } from '../builders.ts';
import { drive } from '../fakes/drive.ts';
import type { PodScript, Script } from '../fakes/fake-cluster.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';
import { aCatalogResult, anAutoencoderResult, aPreprocessResult } from '../results.ts';

/** Training films and seconds of each autoencoder as two CPU cores took them, two at a time, while others used them too. */
const measured: Readonly<Record<Observation, readonly [images: number, seconds: number]>> = {
  Lung_Lesion: [106, 5.8],
  Atelectasis: [70, 5.3],
  No_Finding: [146, 7.6],
  Edema: [78, 6.4],
  Lung_Opacity: [86, 4.1],
  Cardiomegaly: [94, 8.3],
  Pleural_Other: [70, 4.1],
  Fracture: [78, 4.2],
  Pneumonia: [87, 5.8],
  Enlarged_Cardiomediastinum: [78, 4.9],
  Pleural_Effusion: [97, 6.5],
  Pneumothorax: [91, 3.8],
  Support_Devices: [95, 5.1],
  Consolidation: [85, 5.7],
};
const variantsTimesEpochs = 16;
const startSeconds = 1.7;
const films = { train: 598, valid: 208 };
const images = Object.fromEntries(observations.map((observation) => [observation, measured[observation][0]]));

interface Shown {
  readonly at: number;
  readonly status: TrainingStatus;
}

/** Every status of a training like the demo: catalog 1 s, preprocessing 9 s, autoencoders about 40 s, combined 126 s. `factor` slows all training down. */
async function replay(factor = 1): Promise<{ shown: Shown[]; end: number }> {
  const demo = aTraining({
    preprocess: { size: 64 },
    autoencoders: { width: 0.25, epochs: 4, batchSize: 16, maxParallel: 2 },
    combined: { backbone: 'Small', epochs: 6, batchSize: 16 },
  });
  const script: Script = ({ name }): PodScript => {
    if (name === 'catalog') return { seconds: 1, message: JSON.stringify({ ...aCatalogResult(images), films }) };
    if (name === 'preprocess') return { seconds: 4.5, message: JSON.stringify({ ...aPreprocessResult(images), films: films.train + films.valid }) };
    if (name === 'combined') return { seconds: 126 * factor };
    const [count, seconds] = measured[name];
    const imagesPerSecond = (count * variantsTimesEpochs) / ((seconds - startSeconds) * factor);
    return { seconds: startSeconds + (seconds - startSeconds) * factor, imagesPerSecond, message: JSON.stringify(anAutoencoderResult({ images: count, imagesPerSecond })) };
  };
  const cluster = new FakeCluster(demo, script);
  const shown: Shown[] = [];
  const settings = someSettings({ maxParallel: 2, preprocessParallelism: 2, assumedSpeed: assumedSpeeds.core });
  await drive(cluster, {
    settings,
    passSeconds: 1,
    until: (status) => {
      shown.push({ at: cluster.now, status });
      return false;
    },
  });
  return { shown, end: cluster.now };
}

/** How far the foreseen rest is from the true one, as a share of the true one, or of ten seconds where that is less. */
function errorOf({ at, status }: Shown, end: number): number {
  assert.ok(status.estimatedCompletionTime !== undefined, `no ETA in ${status.stage}`);
  const [foreseen, rest] = [(Date.parse(status.estimatedCompletionTime) - at) / 1000, (end - at) / 1000];
  return Math.abs(foreseen - rest) / Math.max(10, rest);
}

for (const factor of [1, 10]) {
  test(`progress of a recorded run never falls and never jumps by more than 5 %, training ${factor} times as slow`, async () => {
    const { shown } = await replay(factor);
    const progress = shown.map(({ status }) => status.progress);
    const steps = progress.slice(1).map((value, index) => value - (progress[index] ?? 0));
    assert.ok(Math.min(...steps) >= 0, `falls by ${Math.min(...steps)}`);
    assert.ok(Math.max(...steps) <= 0.05, `jumps by ${Math.max(...steps)}`);
    assert.equal(progress.at(-1), 1);
  });

  test(`the ETA of a recorded run is near the truth once each kind of step was measured, training ${factor} times as slow`, async () => {
    const { shown, end } = await replay(factor);
    const going = shown.filter(({ status }) => status.completionTime === undefined && status.stage !== 'catalog' && status.stage !== 'done');
    const measuredOnes = going.filter(({ status }) => status.estimateSource === 'Measured');
    assert.ok(measuredOnes.every(({ status }) => status.stage === 'autoencoders' || status.stage === 'combined'));
    assert.deepEqual(going.filter(({ status }) => status.estimateSource === 'Assumed').map(({ status }) => status.stage).filter((stage) => stage === 'combined'), []);
    const worst = (some: readonly Shown[]) => Math.max(...some.map((one) => errorOf(one, end)));
    const autoencoders = measuredOnes.filter(({ status }) => status.stage === 'autoencoders');
    const combined = measuredOnes.filter(({ status }) => status.stage === 'combined' && (status.stages.at(-1)?.progress ?? 0) > 0.05);
    assert.ok(autoencoders.length > 10 && combined.length > 10);
    assert.ok(worst(autoencoders) < 0.35, `autoencoders: ${worst(autoencoders)}`);
    assert.ok(worst(combined) < 0.05, `combined: ${worst(combined)}`);
  });
}

test('the share of each stage in the progress is near its share of the time', async () => {
  const { shown, end } = await replay();
  const start = shown[0]?.at ?? 0;
  for (const stage of ['autoencoders', 'combined'] as const) {
    const first = shown.find(({ status }) => status.stage === stage);
    assert.ok(first !== undefined);
    const share = (first.at - start) / (end - start);
    assert.ok(Math.abs(first.status.progress - share) < 0.05, `${stage} begins at ${first.status.progress}, in truth at ${share}`);
  }
});
