import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parse, stringify } from 'yaml';
import type { PlanReport } from '../../src/cli/plan.ts';
import { plan } from '../../src/cli/plan.ts';

/** A table of films: 30 with Edema, 10 with Pneumonia, none with Fracture. */
const header = 'Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,Lung Lesion,Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,Fracture,Support Devices';
const row = (patient: number) => `CheXpert-v1.0-small/train/patient${String(patient).padStart(5, '0')}/study1/view1_frontal.jpg,Male,60,Frontal,AP,,,,,,${patient <= 30 ? '1.0' : ''},,${patient > 30 ? '1.0' : ''},,,,,,`;

async function arrange(t: TestContext, spec: object = {}): Promise<{ file: string; folder: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-plan-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const data = path.join(folder, 'CheXpert-v1.0-small');
  await mkdir(data);
  await writeFile(path.join(data, 'train.csv'), [header, ...Array.from({ length: 40 }, (_, index) => row(index + 1))].join('\n'));
  await writeFile(path.join(data, 'valid.csv'), [header, row(99).replace('/train/', '/valid/')].join('\n'));
  const file = path.join(folder, 'training.yaml');
  const training = {
    apiVersion: 'chex.dev/v1alpha1',
    kind: 'ChexTraining',
    metadata: { name: 'trial' },
    spec: { dataset: { uri: pathToFileURL(data).href }, output: { uri: pathToFileURL(path.join(folder, 'runs')).href }, observations: ['Pneumonia', 'Edema', 'Fracture'], combined: { backbone: 'Small' }, ...spec },
  };
  await writeFile(file, stringify(training));
  return { file, folder };
}

async function printed(file: string, output: 'table' | 'json' | 'yaml'): Promise<string> {
  const lines: string[] = [];
  await plan({ file, output, print: (text) => void lines.push(text) });
  return lines.join('\n');
}

test('plan() counts the films without writing anything, and gives the Jobs in start order', async (t) => {
  const { file, folder } = await arrange(t);
  const report = JSON.parse(await printed(file, 'json')) as PlanReport;
  assert.deepEqual(report.films, { train: 40, valid: 1, source: 'tables' });
  assert.deepEqual(report.jobs.map(({ stage, observation, images }) => [observation ?? stage, images]), [['catalog', 41], ['preprocess', 41], ['Edema', 30], ['Pneumonia', 10], ['combined', 41]]);
  assert.deepEqual(report.skipped, [{ observation: 'Fracture', reason: 'no positive film in train' }]);
  assert.deepEqual(report.walls.map(({ maxParallel, timesLongest }) => [maxParallel, timesLongest?.toFixed(3)]), [[1, '1.333'], [2, '1.000']]);
  assert.equal(report.fewestParallel, 2);
  assert.deepEqual(readdirSync(folder).sort(), ['CheXpert-v1.0-small', 'training.yaml']);
});

test("plan() takes the study's speed for the study's network on a GPU, and says so", async (t) => {
  const { file } = await arrange(t);
  const report = JSON.parse(await printed(file, 'json')) as PlanReport;
  assert.deepEqual(report.speed, { imagesPerSecond: 470, source: 'study' });
  // 40 positives x 4 flips x 200 epochs at 470 a second.
  assert.ok(Math.abs((report.autoencoderHours ?? 0) - (40 * 4 * 200) / 470 / 3600) < 1e-9);
  assert.match(await printed(file, 'table'), /as on the GPUs of the 2019 study; not measured here/);
});

test('plan() says unknown where no speed is known, and that nobody knows a price', async (t) => {
  const { file } = await arrange(t, { autoencoders: { resources: { gpu: 0 } } });
  const report = parse(await printed(file, 'yaml')) as PlanReport;
  assert.deepEqual([report.speed, report.autoencoderHours, report.cost, report.jobs[2]?.hours], [null, null, null, null]);
  const table = await printed(file, 'table');
  assert.match(table, /Autoencoders together: unknown/);
  assert.match(table, /Cost: unknown/);
  assert.match(table, /^ {8}2 {2}1\.00 x the longest +<- the fewest that lose no time/m);
});

test('plan() takes the speed that an earlier run of this training measured', async (t) => {
  const { file, folder } = await arrange(t, { autoencoders: { resources: { gpu: 0 } } });
  await mkdir(path.join(folder, 'runs/default/trial'), { recursive: true });
  await writeFile(path.join(folder, 'runs/default/trial/status.json'), JSON.stringify({ observations: [{ imagesPerSecond: 8 }, { imagesPerSecond: 12 }] }));
  const report = JSON.parse(await printed(file, 'json')) as PlanReport;
  assert.deepEqual(report.speed, { imagesPerSecond: 10, source: 'measured' });
});

test('plan() fails with 66 where the data set is not there, naming it', async (t) => {
  const { file, folder } = await arrange(t);
  await rm(path.join(folder, 'CheXpert-v1.0-small'), { recursive: true });
  await assert.rejects(printed(file, 'table'), { exitCode: 66, message: /CheXpert-v1\.0-small: nothing is there/ });
});
