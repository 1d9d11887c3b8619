import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import type { Observation } from '../../src/api/observations.ts';
import { predict } from '../../src/cli/predict.ts';
import { EngineError } from '../../src/engines/engine.ts';
import { openWasm } from '../../src/engines/wasm.ts';
import { parsePredictions } from '../../src/evaluation/predictions.ts';
import type { Report } from '../../src/evaluation/report-schema.ts';
import { reportSchema } from '../../src/evaluation/report-schema.ts';
import { layout } from '../../src/plan/layout.ts';
import type { CombinedStep } from '../../src/plan/step.ts';
import { ExitError } from '../../src/plan/exit-error.ts';
import { runAutoencoder } from '../../src/workers/autoencoders.ts';
import { readFrozenWeights } from '../../src/training/frozen-weights.ts';
import { runCombined } from '../../src/workers/combined.ts';
import type { Tools } from '../../src/workers/tools.ts';
import { Interrupted } from '../../src/workers/tools.ts';
import { finishStep, shown, tinyRun } from './tiny-run.ts';
import type { TinyRun } from './tiny-run.ts';

const engine = await openWasm();
const base = await tinyRun({ train: 16, valid: 8, image: { clahe: { clipLimit: 2, tiles: 4 } } });
for (const observation of shown) {
  const step = base.autoencodersStep({ observation });
  await finishStep(base, step, await runAutoencoder({ step, tools: await base.tools(), engine }));
}

const trained = (...names: Observation[]) => names.map((observation) => ({ observation, digest: base.autoencodersStep().digest }));
const inLabelOrder = trained('Edema', 'Cardiomegaly', 'Support_Devices');
const combine = async (run: TinyRun, step: CombinedStep, tools: Partial<Tools> = {}) => runCombined({ step, tools: await run.tools(tools), engine });
const textOf = async (run: TinyRun, uri: string) => Buffer.from(await run.storage.read(uri)).toString();
const reportOf = async (run: TinyRun): Promise<Report> => reportSchema.parse(JSON.parse(await textOf(run, layout(run.root).report.json)));
const predictionsOf = async (run: TinyRun) => parsePredictions(await textOf(run, layout(run.root).report.predictions));

async function assertSameScores(run: TinyRun, csv: string): Promise<void> {
  const rows: Record<string, string>[] = parse(Buffer.from(await run.storage.read(`file://${csv}`)), { columns: true });
  const { observations, predictions } = await predictionsOf(run);
  assert.deepEqual(rows.map((row) => `valid/${row['path']}`), predictions.map((film) => film.path).sort());
  for (const film of predictions) {
    const row = rows.find(({ path: file }) => film.path === `valid/${file}`)!;
    const difference = Math.max(...Array.from(film.scores, (score, index) => Math.abs(score - Number(row[observations[index]!]))));
    assert.ok(difference <= 1e-6, `${film.path} differs by ${difference}`);
  }
}

test('runCombined: it learns, beside its baseline, and writes model and report', async () => {
  const run = await base.copy();
  const ratios: number[] = [];
  const result = await combine(run, run.combinedStep({ autoencoders: inLabelOrder, epochs: 8 }), { report: ({ ratio }) => ratios.push(ratio) });
  const report = await reportOf(run);
  assert.ok(result.macro.auc! > 0.8, `macro AUC ${result.macro.auc}`);
  assert.equal(report.macro.auc, result.macro.auc);
  assert.equal(report.baseline!.macro.auc, result.baseline!.auc);
  assert.deepEqual(report.combined.sources, ['Edema', 'Cardiomegaly', 'Support_Devices']);
  assert.deepEqual(report.observations.map(({ observation, positives, uncertain }) => [observation, positives, uncertain]), [['Edema', 4, 1], ['Cardiomegaly', 4, 0], ['Support_Devices', 4, 0]]);
  assert.ok(report.autoencoders.every(({ images, lossKind }) => images > 0 && lossKind === 'MeanAbsoluteError'));
  assert.deepEqual(report.data.films, { train: 16, valid: 8 });
  assert.equal(report.perStudy!.studies, 8);
  assert.match(await textOf(run, layout(run.root).report.html), /data:image\/png;base64/);
  assert.deepEqual(JSON.parse(await textOf(run, layout(run.root).combined.labels)), { observations: ['Edema', 'Cardiomegaly', 'Support_Devices'], head: 'Sigmoid' });
  assert.ok(ratios.every((ratio, index) => index === 0 || ratio >= ratios[index - 1]!), 'progress never goes back');
  assert.equal(ratios.at(-1), 1);
});

test('predict: on the validation films it gives the scores of the report', async () => {
  const run = await base.copy();
  const step = run.combinedStep({ autoencoders: inLabelOrder });
  await finishStep(run, step, await combine(run, step));
  await writeFile(path.join(run.films, 'valid/broken.jpg'), 'no picture');
  await writeFile(path.join(run.films, 'valid/notes.txt'), 'no film');
  const out = path.join(run.folder, 'scores.csv');
  const lines: string[] = [];
  const count = await predict({ model: fileURLToPath(`${run.root}/combined`), in: path.join(run.films, 'valid'), out, storage: run.storage, log: (line) => lines.push(line), engine: 'wasm', threads: 1 });
  assert.deepEqual(count, { films: 8, rejected: 1 });
  assert.match(lines.join('\n'), /broken\.jpg is left out: it is not a JPEG/);

  await assertSameScores(run, out);
});

test('runCombined: stopped while it computes, learns and learns the baseline, it ends with the same report', async () => {
  const [alone, stopped] = [await base.copy(), await base.copy()];
  const step = (run: TinyRun) => run.combinedStep({ autoencoders: inLabelOrder, epochs: 2 });
  const expected = await combine(alone, step(alone));
  for (const stop of [0.2, 0.4, 0.7, 0.85]) {
    const abort = new AbortController();
    await assert.rejects(combine(stopped, step(stopped), { signal: abort.signal, report: ({ ratio }) => ratio >= stop && abort.abort() }), Interrupted);
  }
  const actual = await combine(stopped, step(stopped));
  assert.deepEqual([actual.loss, actual.macro, actual.baseline], [expected.loss, expected.macro, expected.baseline]);
  assert.deepEqual(await predictionsOf(stopped), await predictionsOf(alone));
});

test('runCombined: a batch that does not fit the engine beside the frozen networks is refused before the records are looked for', async () => {
  const step = base.combinedStep({ autoencoders: inLabelOrder, batchSize: 10_000_000, records: 'f'.repeat(64) });
  await assert.rejects(combine(base, step), (error) => error instanceof EngineError && /Cannot train the combined and baseline networks with batches of 10000000 .* beside \d+ MB of frozen weights\. The largest batch that fits is \d+:/.test(error.message));
});

test('runCombined: Softmax, architecture 1, one autoencoder of three, without flips', async () => {
  const run = await base.copy();
  const missing = [{ observation: 'Cardiomegaly', state: 'failed', reason: 'out of memory' }, { observation: 'Support_Devices', state: 'skipped', reason: 'no positive film' }] as const;
  await combine(run, run.combinedStep({ autoencoders: trained('Edema'), missing: [...missing], architecture: 1, head: 'Softmax', augment: 'None', epochs: 1 }));
  const report = await reportOf(run);
  assert.deepEqual([report.combined.sources, report.combined.head, report.combined.architecture], [['Edema'], 'Softmax', 1]);
  assert.deepEqual(report.skipped, missing);
  for (const { scores } of (await predictionsOf(run)).predictions) {
    assert.ok(Math.abs(Array.from(scores).reduce((sum, score) => sum + score, 0) - 1) < 1e-6, 'the scores of a film sum to 1');
  }
});

test('runCombined: without a backbone there is no baseline', async () => {
  const run = await base.copy();
  const account = { workedSeconds: 900, currency: null, priceSource: null, priceDate: null, ratePerHour: null, gpus: 2, entries: [{ stage: 'combined' as const, attempts: 2, seconds: 1000, gpus: 2, cost: null }] };
  const result = await combine(run, run.combinedStep({ autoencoders: inLabelOrder, backbone: 'None', augment: 'None', epochs: 1, account }));
  assert.equal(result.baseline, null);
  const report = await reportOf(run);
  assert.equal(report.baseline, null);
  const [entry, ...others] = report.stages;
  assert.deepEqual([entry?.stage, entry?.attempts, entry!.seconds > 1000, others], ['combined', 3, true, []]);
  assert.ok(Math.abs(report.seconds - 900 - (entry!.seconds - 1000)) < 1e-6, 'the time of its own run is added to both sums');
});

test('runCombined and predict: a frozen Inception-ResNet-v2 with random weights, no disk for its features', async () => {
  const run = await tinyRun({ train: 4, valid: 2, image: { size: 75 } });
  const single = run.autoencodersStep({ epochs: 1 });
  await finishStep(run, single, await runAutoencoder({ step: single, tools: await run.tools(), engine }));
  const step = run.combinedStep({ autoencoders: trained('Edema'), backbone: 'InceptionResNetV2', augment: 'None', epochs: 1 });
  const said: string[] = [];
  const { scratch } = await run.tools();
  await combine(run, step, { log: (message) => said.push(message), scratch: { ...scratch, freeBytes: () => Promise.resolve(0) } });
  for (const words of [/random weights/, /The backbone features of all films do not fit/, /The differences of all films do not fit/]) assert.match(said.join(), words);
  assert.equal((await reportOf(run)).combined.backbonePretrained, false);
  const out = path.join(run.folder, 'scores.csv');
  await predict({ model: run.root, in: path.join(run.films, 'valid'), out, storage: run.storage, log: assert.fail, engine: 'wasm', threads: 1 });
  await assertSameScores(run, out);
});

test('readFrozenWeights: refuses a backbone whose file is not the one it was trained with', async () => {
  const run = await base.copy();
  const uri = `${run.root}/weights.h5`;
  const options = { size: 75, width: 0.1, architecture: 2 as const, head: 'Sigmoid' as const, backbone: 'InceptionResNetV2' as const, seed: 7 };
  await run.storage.write(uri, Buffer.from('other'));
  const description = { ...options, version: 1 as const, observations: [...shown], autoencoders: [], backboneWeightsUri: uri, backboneDigest: createHash('sha256').update('text').digest('hex') };
  await assert.rejects(readFrozenWeights({ storage: run.storage, root: run.root, description }).next(), /weights\.h5 has changed since this model was trained with it/);
});

test('runCombined: what it cannot use it names, with the exit code of its kind', async () => {
  const run = await base.copy();
  const refuses = (step: Partial<CombinedStep>, exitCode: number, message: RegExp) =>
    assert.rejects(combine(run, run.combinedStep(step)), (error) => error instanceof ExitError && error.exitCode === exitCode && message.test(error.message));
  await refuses({ autoencoders: [{ observation: 'Edema', digest: 'f'.repeat(64) }] }, 66, /the autoencoder of Edema: .* made with other settings/);
  await refuses({ autoencoders: trained('Fracture') }, 66, /the autoencoder of Fracture: .*done\.json is not there/);
  await refuses({ backbone: 'None' }, 78, /neither a backbone nor an autoencoder/);
  await run.storage.write(`${run.root}/weights.h5`, Buffer.from('text'));
  await refuses({ backbone: 'InceptionResNetV2', backboneWeightsUri: `${run.root}/weights.h5`, size: 75 }, 65, /not an HDF5 file/);
  await refuses({ backbone: 'InceptionResNetV2', backboneWeightsUri: `${run.root}/none.h5`, size: 75 }, 66, /none\.h5 is not there; see combined\.backboneWeightsUri/);
});
