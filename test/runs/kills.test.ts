import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { chex, everything, readJson, startChex, tinyTraining, until, untilThere } from './chex.ts';

interface Report {
  readonly autoencoders: readonly { readonly observation: string; readonly loss: { readonly train: number; readonly validation: number | null } }[];
  readonly combined: { readonly loss: { readonly train: number; readonly validation: number | null } };
  readonly observations: readonly { readonly observation: string; readonly auc: number | null }[];
}

/** What must be the same however often a run was killed. */
function figuresOf(report: Report): number[] {
  return [
    ...report.autoencoders.flatMap(({ loss }) => [loss.train, loss.validation ?? Number.NaN]),
    report.combined.loss.train,
    report.combined.loss.validation ?? Number.NaN,
    ...report.observations.map(({ auc }) => auc ?? Number.NaN),
  ];
}

test('a run killed three times with -9 at random moments ends with the report of one left alone', async (t) => {
  const settings = { autoencoders: { width: 0.05, epochs: 6, batchSize: 8, learningRate: 1e-3, checkpointEverySeconds: 1 }, observations: ['Edema', 'Support_Devices'] };
  const alone = await tinyTraining(t, settings);
  const left = await chex(t, ['run', '-f', alone.file]);
  assert.equal(left.code, 0, everything(left));

  const killed = await tinyTraining(t, settings);
  // Moments of the work, not of the clock, so that each kill meets a living run however busy the machine: by how many of the files are there.
  const count = (run: string) => globSync('**/*', { cwd: run }).length;
  const all = count(alone.run);
  for (const latest of [0.25, 0.5, 0.75]) {
    const moment = Math.ceil((latest - 0.25 * Math.random()) * all);
    t.diagnostic(`killed when ${moment} of ${all} files are there`);
    const running = startChex(t, ['run', '-f', killed.file]);
    await until(() => count(killed.run) >= moment || running.child.exitCode !== null, () => `${moment} files: ${running.said()}`);
    assert.equal(running.child.exitCode, null, `it ended before it could be killed: ${running.said()}`);
    running.child.kill('SIGKILL');
    await running.ended;
  }
  const last = await chex(t, ['run', '-f', killed.file]);
  assert.equal(last.code, 0, everything(last));

  const [expected, actual] = [alone, killed].map(({ run }) => figuresOf(readJson(run, 'report/report.json') as unknown as Report));
  assert.equal(actual!.length, expected!.length);
  for (const [index, value] of expected!.entries()) assert.ok(Object.is(value, actual![index]) || Math.abs(value - actual![index]!) <= 1e-6, `figure ${index}: ${value} alone, ${actual![index]} killed`);
});

test('SIGTERM saves and ends with 143; a second run goes on from there', async (t) => {
  const place = await tinyTraining(t, { autoencoders: { width: 0.05, epochs: 60, batchSize: 8, learningRate: 1e-3, checkpointEverySeconds: 1 }, observations: ['Edema'] });
  const running = startChex(t, ['run', '-f', place.file]);
  await untilThere(place.run, 'autoencoders/Edema/checkpoints/step-*', running);
  // As a terminal and npm send one Ctrl-C twice.
  running.child.kill('SIGTERM');
  running.child.kill('SIGINT');
  const stopped = await running.ended;
  assert.equal(stopped.code, 143, everything(stopped));
  assert.ok(!existsSync(path.join(place.run, 'run.json')), 'the lock is released');
  const second = await chex(t, ['run', '-f', place.file]);
  assert.equal(second.code, 0, everything(second));
  const report = readJson(place.run, 'report/report.json') as { autoencoders: { epochs: number; attempts: number }[] };
  assert.deepEqual(report.autoencoders.map(({ epochs, attempts }) => [epochs, attempts]), [[60, 2]]);
});
