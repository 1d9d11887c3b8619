import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parse, stringify } from 'yaml';
import type { PlanOptions, PlanReport } from '../../src/cli/plan.ts';
import { plan } from '../../src/cli/plan.ts';
import { writeFinished } from './write-finished.ts';

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

async function printed(file: string, output: 'table' | 'json' | 'yaml', given: Pick<PlanOptions, 'instanceType' | 'imagesPerSecond'> = {}): Promise<string> {
  const lines: string[] = [];
  await plan({ file, output, ...given, print: (text) => void lines.push(text) });
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
  assert.deepEqual([report.speed, report.autoencoderHours, report.cost.amount, report.jobs[2]?.hours], [null, null, null, null]);
  const table = await printed(file, 'table');
  assert.match(table, /Autoencoders together: unknown/);
  assert.match(table, /Cost: unknown/);
  assert.match(table, /^ {8}2 {2}1\.00 x the longest +unknown {2}<- the fewest that lose no time/m);
});

test('plan() foresees the cost of every Job by the price of the machine, and of all with a range', async (t) => {
  const { file } = await arrange(t);
  const { cost, speed, jobs } = JSON.parse(await printed(file, 'json', { instanceType: 'p3.2xlarge' })) as PlanReport;
  assert.deepEqual(speed, { imagesPerSecond: 1200, source: 'assumed', gpu: 'V100' });
  // The GPU is the larger share of the node: all of it. 30 films of Edema, four ways, 200 epochs, 1,200 a second, 3.06 an hour.
  const edema = ((30 * 4 * 200) / 1200 / 3600) * 3.06;
  assert.ok(Math.abs(Number(cost.jobs[2]) - edema) < 1e-6, String(cost.jobs[2]));
  assert.equal(Number(cost.amount).toFixed(5), cost.jobs.reduce((sum, each) => sum + Number(each), 0).toFixed(5));
  assert.deepEqual([Number(cost.low) / Number(cost.amount), Number(cost.high) / Number(cost.amount)].map((each) => each.toFixed(3)), ['0.500', '2.000']);
  const gpuHours = jobs.filter(({ stage }) => stage === 'autoencoders' || stage === 'combined').reduce((sum, { hours }) => sum + (hours ?? NaN), 0);
  assert.ok(Math.abs((cost.gpuHours ?? 0) - gpuHours) < 1e-9);
  assert.deepEqual([cost.currency, cost.priceDate], ['USD', '2026-07-20']);
});

test("plan() takes the training's own prices, and holds them against its budget", async (t) => {
  const prices = { currency: 'EUR', source: 'the offer of a cloud', nodes: [{ perHour: '1000' }] };
  const { file } = await arrange(t, { prices, budget: { amount: '1.00', currency: 'EUR' } });
  const { cost } = JSON.parse(await printed(file, 'json', { imagesPerSecond: 100 })) as PlanReport;
  // Nobody knows how large the machine is: the whole of it is counted.
  assert.ok(Math.abs(Number(cost.jobs[2]) - ((30 * 4 * 200) / 100 / 3600) * 1000) < 1e-5, String(cost.jobs[2]));
  assert.deepEqual(cost.budget, { amount: '1.00', currency: 'EUR', isPassed: true });
  const table = await printed(file, 'table', { imagesPerSecond: 100 });
  assert.match(table, /^The budget of 1\.00 EUR is less than it will probably cost\.$/m);
  assert.match(table, /^Prices: the offer of a cloud\.$/m);
  assert.ok(table.split('\n').every((line) => line.length <= 100));
});

test('plan() says that a budget in another currency than the list prices cannot be held against them', async (t) => {
  const { file } = await arrange(t, { budget: { amount: '1.00', currency: 'EUR' } });
  const table = await printed(file, 'table', { imagesPerSecond: 100, instanceType: 'g4dn.xlarge' });
  assert.match(table, /^The budget is 1\.00 EUR and prices are in USD: amounts of two currencies cannot be compared\.$/m);
  assert.ok(table.split('\n').every((line) => line.length <= 100));
});

test('plan() says whose price nobody knows', async (t) => {
  const { file } = await arrange(t, { autoencoders: { scheduling: { nodeSelector: { 'node.kubernetes.io/instance-type': 'dgx.large' } } } });
  const table = await printed(file, 'table', { imagesPerSecond: 100 });
  assert.match(table, /Cost: unknown \(no price is known of dgx\.large; --instance-type names the machine, spec\.prices a price\)\.$/m);
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

test('plan() shows what is finished as finished, and counts only what is left', async (t) => {
  const { file, folder } = await arrange(t);
  await writeFinished(file, ['catalog', 'preprocess', 'autoencoders/Edema']);
  const report = JSON.parse(await printed(file, 'json')) as PlanReport;
  assert.equal(report.films.source, 'catalog');
  assert.deepEqual(report.jobs.map(({ stage, observation, isFinished }) => [observation ?? stage, isFinished]), [['catalog', true], ['preprocess', true], ['Edema', true], ['Pneumonia', false], ['combined', false]]);
  assert.ok(Math.abs((report.autoencoderHours ?? 0) - (10 * 4 * 200) / 470 / 3600) < 1e-9);
  assert.deepEqual(report.walls.map(({ maxParallel }) => maxParallel), [1]);
  assert.deepEqual([report.unread, report.refusal], [null, null]);
  const table = await printed(file, 'table');
  assert.match(table, /^ {8}3 {2}autoencoder Edema +30 +finished$/m);
  assert.match(table, /^The autoencoder that is left: /m);

  await writeFinished(file, ['autoencoders/Pneumonia', 'combined']);
  // Its report was removed: the combined model is made again.
  await rm(path.join(folder, 'runs/default/trial/report/report.json'));
  assert.match(await printed(file, 'table'), /^The autoencoders are finished\.$/m);
  await writeFinished(file, ['combined']);
  assert.match(await printed(file, 'table'), /^Everything is finished: nothing is left to do\.$/m);
  assert.doesNotMatch(await printed(file, 'table'), /maxParallel is/, 'of nothing');
});

test('plan() says what a run would refuse, a line for each step made with other settings, and plans it anew under Replace', async (t) => {
  const { file } = await arrange(t, { seed: 7 });
  await writeFinished(file, ['catalog', 'preprocess', 'autoencoders/Edema', 'autoencoders/Pneumonia', 'combined']);
  const yaml = parse(await readFile(file, 'utf8')) as { spec: object };
  const rewrite = (spec: object) => writeFile(file, stringify({ ...yaml, spec: { ...yaml.spec, ...spec } }));
  await rewrite({ combined: { backbone: 'Small', epochs: 3 } });
  const small = JSON.parse(await printed(file, 'json')) as PlanReport;
  assert.match(small.refusal ?? '', /^Cannot run default\/trial: .*runs\/default\/trial holds finished work made with other settings:\n {2}the combined model: combined\.epochs \(was the default, is 3\)\nTrain under another/);
  assert.deepEqual(small.jobs.map(({ isFinished }) => isFinished), [true, true, true, true, false]);

  await rewrite({ seed: 8 });
  const { refusal } = JSON.parse(await printed(file, 'json')) as PlanReport;
  assert.deepEqual(refusal?.match(/^ {2}.*: seed \(was 7, is 8\)$/gm)?.map((line) => line.split(':')[0]?.trim()), ['the catalog', 'preprocessing', 'the autoencoder of Pneumonia', 'the autoencoder of Edema', 'the combined model']);

  await rewrite({ seed: 8, output: { ...(yaml.spec as { output: object }).output, existing: 'Replace' } });
  const replaced = JSON.parse(await printed(file, 'json')) as PlanReport;
  assert.deepEqual([replaced.refusal, replaced.jobs.some(({ isFinished }) => isFinished)], [null, false]);
});

test('plan() counts everything where the output folder cannot be read, and says so', async (t) => {
  const { file, folder } = await arrange(t);
  await writeFinished(file, ['catalog']);
  await writeFile(path.join(folder, 'runs/default/trial/catalog/done.json'), '{');
  const report = JSON.parse(await printed(file, 'json')) as PlanReport;
  assert.match(report.unread ?? '', /catalog\/done\.json: it is not JSON/);
  assert.deepEqual([report.films.source, report.jobs[0]?.isFinished], ['tables', false]);
  assert.match(await printed(file, 'table'), /^What is finished already is unknown, so everything is counted\. Cannot read .*\.$/m);
});
