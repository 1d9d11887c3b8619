import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EngineError } from '../../src/engines/engine.ts';
import type { Tensors } from '../../src/engines/engine.ts';
import { openWasm } from '../../src/engines/wasm.ts';
import { autoencoder } from '../../src/models/autoencoder.ts';
import { layout } from '../../src/plan/layout.ts';
import type { AutoencoderResult } from '../../src/plan/result.ts';
import type { AutoencodersStep } from '../../src/plan/step.ts';
import { ExitError } from '../../src/plan/exit-error.ts';
import { readWeights } from '../../src/training/keras-h5.ts';
import { autoencoderSummarySchema } from '../../src/workers/autoencoder-summary.ts';
import { runAutoencoder } from '../../src/workers/autoencoders.ts';
import type { Tools } from '../../src/workers/tools.ts';
import { Interrupted } from '../../src/workers/tools.ts';
import { tinyRun } from './tiny-run.ts';
import type { TinyRun } from './tiny-run.ts';

const engine = await openWasm();
const base = await tinyRun();

const train = async (run: TinyRun, step: AutoencodersStep, tools: Partial<Tools> = {}) => runAutoencoder({ step, tools: await run.tools(tools), engine });
const pathsOf = (run: TinyRun) => layout(run.root).autoencoder('Edema');
const filesIn = async (run: TinyRun, folder: string) => (await Array.fromAsync(run.storage.list(folder))).map(({ uri }) => uri);

/** Of autoencoder.h5; the file itself holds the time of day. */
async function weightsOf(run: TinyRun): Promise<Tensors> {
  const uri = pathsOf(run).weights;
  return readWeights(await run.storage.read(uri), autoencoder({ size: 32, width: 0.1, loss: 'MeanAbsoluteError' }), uri);
}

/** What a result says that does not depend on the clock. */
function figures({ seconds: _seconds, imagesPerSecond: _rate, ...rest }: AutoencoderResult) {
  return rest;
}

/** Trains, aborted after so many batches in each attempt, until it ends. */
async function trainInterrupted(run: TinyRun, step: AutoencodersStep, stops: readonly number[]): Promise<AutoencoderResult> {
  for (const stop of stops) {
    const abort = new AbortController();
    let batches = 0;
    const report = () => {
      batches += 1;
      if (batches === stop) abort.abort();
    };
    await assert.rejects(train(run, step, { report, signal: abort.signal }), Interrupted);
  }
  return train(run, step);
}

test('runAutoencoder: the loss falls, and model, summary, logs and checkpoints are written', async () => {
  const run = await base.copy();
  const ratios: number[] = [];
  const result = await train(run, run.autoencodersStep({ epochs: 6 }), { report: ({ ratio }) => ratios.push(ratio) });
  const summary = autoencoderSummarySchema.parse(JSON.parse(Buffer.from(await run.storage.read(pathsOf(run).summary)).toString()));
  const [first, last] = [summary.history[0], summary.history.at(-1)];
  assert.ok(last!.train < 0.8 * first!.train, `${first!.train} to ${last!.train}`);
  assert.deepEqual(result.loss, last);
  assert.deepEqual([result.images, result.epochs, result.bestEpoch, result.stoppedEarly], [5, 6, 6, false]);
  assert.ok(result.imagesPerSecond > 0 && result.meanSquaredError.train < result.loss.train);
  assert.equal(summary.examples.length, 1);
  assert.match(Buffer.from(summary.examples[0]!.reconstruction, 'base64').toString('latin1'), /^\x89PNG/);
  // 5 films in 4 variants, 5 a batch: 4 batches an epoch.
  assert.deepEqual(ratios, Array.from({ length: 24 }, (_, index) => (index + 1) / 24));
  assert.ok((await filesIn(run, pathsOf(run).logs)).every((uri) => uri.includes('tfevents')));
  assert.deepEqual((await filesIn(run, pathsOf(run).checkpoints)).map((uri) => uri.split('/').at(-1)), ['best-000006.safetensors', 'step-0000000024.safetensors']);
});

test('runAutoencoder: stopped three times and resumed, it ends with the same bytes as one left alone', async () => {
  const [alone, stopped] = [await base.copy(), await base.copy()];
  const step = (run: TinyRun) => run.autoencodersStep({ epochs: 3 });
  const expected = await train(alone, step(alone));
  // In the middle of an epoch, at its very end (before the validation), and one batch on.
  const actual = await trainInterrupted(stopped, step(stopped), [2, 2, 1]);
  assert.deepEqual(figures(actual), figures(expected));
  assert.deepEqual(await weightsOf(stopped), await weightsOf(alone));
  assert.deepEqual(await stopped.storage.read(pathsOf(stopped).summary), await alone.storage.read(pathsOf(alone).summary));
});

test('runAutoencoder: a finished training is not trained again, only its files are written', async () => {
  const run = await base.copy();
  const first = await train(run, run.autoencodersStep());
  const weights = await weightsOf(run);
  await run.storage.remove(pathsOf(run).weights);
  const second = await train(run, run.autoencodersStep(), { report: () => assert.fail('a batch was trained again') });
  assert.deepEqual(second, first);
  assert.deepEqual(await weightsOf(run), weights);
});

for (const [damage, change] of [
  ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
  ['changed in one bit', (bytes: Buffer) => Buffer.from(bytes).fill((bytes.at(-9) ?? 0) ^ 1, bytes.length - 9, bytes.length - 8)],
] as const) {
  test(`runAutoencoder: a newest checkpoint that is ${damage} is passed over with a warning, and the end is the same`, async () => {
    const [alone, damaged] = [await base.copy(), await base.copy()];
    await train(alone, alone.autoencodersStep({ epochs: 3 }));
    await assert.rejects(trainInterrupted(damaged, damaged.autoencodersStep({ epochs: 3 }), [3, 4, 100]), /Missing expected rejection/);
    const checkpoints = (await filesIn(damaged, pathsOf(damaged).checkpoints)).filter((uri) => uri.includes('step-'));
    assert.equal(checkpoints.length, 2);
    const newest = fileURLToPath(checkpoints[1]!);
    await writeFile(newest, change(await readFile(newest)));
    const warnings: string[] = [];
    await train(damaged, damaged.autoencodersStep({ epochs: 3 }), { log: (message) => warnings.push(message) });
    assert.match(warnings.join('\n'), /Cannot use the checkpoint .*step-0000000012.*; the one before it is tried/);
    assert.deepEqual(await weightsOf(damaged), await weightsOf(alone));
  });
}

test('runAutoencoder: early stopping ends after `patience` epochs without a fall and keeps the best epoch', async () => {
  const [stopped, alone] = [await base.copy(), await base.copy()];
  const result = await train(stopped, stopped.autoencodersStep({ epochs: 20, earlyStopping: { minDelta: 1, patience: 2 } }));
  // No fall of 1 ever comes: the first epoch counts, two more are waited for.
  assert.deepEqual([result.epochs, result.stoppedEarly], [3, true]);
  await train(alone, alone.autoencodersStep({ epochs: result.bestEpoch }));
  assert.deepEqual(await weightsOf(stopped), await weightsOf(alone));
});

test('runAutoencoder: the flips made on reading train as the stored ones do, bit for bit', async () => {
  const runs = await Promise.all((['OnRead', 'Materialise'] as const).map((augment) => tinyRun({ train: 6, valid: 3, image: { augment, encoding: 'Png' } })));
  for (const run of runs) await train(run, run.autoencodersStep());
  const [onRead, materialised] = await Promise.all(runs.map(weightsOf));
  assert.deepEqual(onRead, materialised);
});

test('runAutoencoder: without validation films there is no validation loss and no early stopping', async () => {
  const run = await base.copy();
  // The set is read from the markers: one that never saw the finding.
  await withoutValidFilms(run);
  const result = await train(run, run.autoencodersStep({ epochs: 3, earlyStopping: { minDelta: 1, patience: 1 } }));
  assert.deepEqual([result.epochs, result.bestEpoch, result.stoppedEarly, result.loss.validation, result.meanSquaredError.validation], [3, 3, false, null, null]);
});

test('runAutoencoder: records that are not committed, or by another step, are missing input', async () => {
  const run = await base.copy();
  const refuses = (step: AutoencodersStep, message: RegExp) =>
    assert.rejects(train(run, step), (error) => error instanceof ExitError && error.exitCode === 66 && message.test(error.message));
  await refuses(run.autoencodersStep({ records: 'f'.repeat(64) }), /train_01of01\.json is not there or belongs to other settings/);
  await run.storage.remove(layout(run.root).records.marker({ split: 'valid', index: 0, of: 1 }));
  await refuses(run.autoencodersStep(), /valid_01of01\.json is not there/);
});

test('runAutoencoder: a batch that does not fit the engine is refused before the records are looked for', async () => {
  const step = base.autoencodersStep({ batchSize: 10_000_000, root: `${base.root}/nowhere` });
  await assert.rejects(train(base, step), (error) => error instanceof EngineError && /Cannot train the autoencoder network with batches of 10000000 .*largest batch that fits is \d+:/.test(error.message));
});

test('runAutoencoder: an observation without films is bad data', async () => {
  const run = await base.copy();
  await assert.rejects(train(run, run.autoencodersStep({ observation: 'Fracture' })), (error) => error instanceof ExitError && error.exitCode === 65 && /no film shows it/.test(error.message));
});

test('runAutoencoder: weights or a loss that are no numbers end the step as bad data, with the last good checkpoint kept', async () => {
  const run = await base.copy();
  const step = run.autoencodersStep({ learningRate: 1e30, checkpointEverySeconds: 0 });
  await assert.rejects(train(run, step), (error) => error instanceof ExitError && error.exitCode === 65 && /step 2\b.*last good checkpoint is kept/.test(error.message));
  assert.ok((await filesIn(run, pathsOf(run).checkpoints)).some((uri) => uri.endsWith('step-0000000001.safetensors')));
});

async function withoutValidFilms(run: TinyRun): Promise<void> {
  const uri = layout(run.root).records.marker({ split: 'valid', index: 0, of: 1 });
  const marker = JSON.parse(Buffer.from(await run.storage.read(uri)).toString()) as { images: number[]; sets: Record<string, unknown> };
  marker.images[3] = 0;
  delete marker.sets['Edema'];
  await run.storage.write(uri, Buffer.from(JSON.stringify(marker)));
}
