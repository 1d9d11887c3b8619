/** The whole recipe with features on scratch disk, and with none: the same training. */
import assert from 'node:assert/strict';
import type { Engine } from '../../src/engines/engine.ts';
import { parsePredictions } from '../../src/evaluation/predictions.ts';
import { layout } from '../../src/plan/layout.ts';
import { Checkpoints } from '../../src/training/checkpoint.ts';
import { runAutoencoder } from '../../src/workers/autoencoders.ts';
import { runCombined } from '../../src/workers/combined.ts';
import { testOnEngines } from '../engines/engines.ts';
import { finishStep, tinyRun } from './tiny-run.ts';
import type { TinyRun } from './tiny-run.ts';

const sources = ['Edema', 'Cardiomegaly'] as const;

/** Losses of every epoch of the head and of the baseline, which their checkpoints hold, and the head's scores. */
async function outcomeOf(engine: Engine, base: TinyRun, freeBytes: number) {
  const run = await base.copy();
  const said: string[] = [];
  const { scratch } = await run.tools();
  const tools = await run.tools({ scratch: { ...scratch, freeBytes: () => Promise.resolve(freeBytes) }, log: (message) => said.push(message) });
  const step = run.combinedStep({ autoencoders: sources.map((observation) => ({ observation, digest: run.autoencodersStep().digest })) });
  await runCombined({ step, tools, engine });
  const { combined, report } = layout(run.root);
  const losses: number[] = [];
  for (const name of ['head', 'baseline']) {
    const checkpoints = new Checkpoints({ storage: run.storage, folder: `${combined.checkpoints}/${name}`, digest: step.digest, run: step.run, engine, fence: tools.fence, warn: assert.fail });
    for (const { train, validation } of (await checkpoints.newest())!.position.history) losses.push(train.loss!, validation!.loss!);
  }
  const { predictions } = parsePredictions(Buffer.from(await run.storage.read(report.predictions)).toString());
  return { said: said.join('\n'), losses, scores: predictions.flatMap(({ scores }) => Array.from(scores)) };
}

function assertSame(ours: readonly number[], theirs: readonly number[]): void {
  assert.ok(ours.length > 0);
  assert.equal(ours.length, theirs.length);
  for (const [index, value] of ours.entries()) assert.ok(Math.abs(value - theirs[index]!) <= 1e-6, `${value} and ${theirs[index]}`);
}

testOnEngines('runCombined: differences that are kept and those that are computed for each batch give the same losses and scores', async (engine) => {
  const base = await tinyRun({ train: 8, valid: 4 });
  for (const observation of sources) {
    const step = base.autoencodersStep({ observation, epochs: 1 });
    await finishStep(base, step, await runAutoencoder({ step, tools: await base.tools(), engine }));
  }
  const [kept, computed] = [await outcomeOf(engine, base, Infinity), await outcomeOf(engine, base, 0)];
  assert.doesNotMatch(kept.said, /computed for each batch/);
  assert.match(computed.said, /The differences of all films do not fit on scratch disk: they are computed for each batch/);
  assertSame(computed.losses, kept.losses);
  assertSame(computed.scores, kept.scores);
}, ['wasm', 'native']);
