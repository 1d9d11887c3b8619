import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { readJson, startChex, chex, tinyTraining, until } from './chex.ts';
import { existsSync } from 'node:fs';

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

test('a run killed three times with -9 at random moments ends with the report of one left alone', { timeout: 240_000 }, async (t) => {
  const settings = { autoencoders: { width: 0.05, epochs: 6, batchSize: 8, learningRate: 1e-3, checkpointEverySeconds: 1 } };
  const alone = await tinyTraining(t, settings);
  const startedAt = performance.now();
  const left = await chex(t, ['run', '-f', alone.file]);
  const milliseconds = performance.now() - startedAt;
  assert.equal(left.code, 0, left.err);

  const killed = await tinyTraining(t, settings);
  // Three shares of the time that it took alone: together far less than the whole, so that each kill meets a living run however busy the machine.
  for (let kill = 1; kill <= 3; kill += 1) {
    const delay = (0.05 + 0.15 * Math.random()) * milliseconds;
    t.diagnostic(`kill ${kill} after ${Math.round(delay)} ms`);
    const running = startChex(t, ['run', '-f', killed.file]);
    await new Promise((resolve) => setTimeout(resolve, delay));
    assert.equal(running.child.exitCode, null, `it ended before it could be killed: ${running.said()}`);
    running.child.kill('SIGKILL');
    await running.ended;
  }
  const last = await chex(t, ['run', '-f', killed.file]);
  assert.equal(last.code, 0, last.err);

  const [expected, actual] = [alone, killed].map(({ run }) => figuresOf(readJson(run, 'report/report.json') as unknown as Report));
  assert.equal(actual!.length, expected!.length);
  for (const [index, value] of expected!.entries()) assert.ok(Object.is(value, actual![index]) || Math.abs(value - actual![index]!) <= 1e-6, `figure ${index}: ${value} alone, ${actual![index]} killed`);
});

test('SIGTERM saves and ends with 143; a second run goes on from there', { timeout: 180_000 }, async (t) => {
  const place = await tinyTraining(t, { autoencoders: { width: 0.05, epochs: 30, batchSize: 8, learningRate: 1e-3, checkpointEverySeconds: 1 } });
  const running = startChex(t, ['run', '-f', place.file]);
  await until(() => existsSync(path.join(place.run, 'autoencoders')), { what: `an autoencoder: ${running.said()}` });
  await new Promise((resolve) => setTimeout(resolve, 2500));
  running.child.kill('SIGTERM');
  // As a terminal and npm send one Ctrl-C twice.
  setTimeout(() => running.child.kill('SIGINT'), 100);
  const stopped = await running.ended;
  assert.equal(stopped.code, 143, stopped.err);
  assert.ok(!existsSync(path.join(place.run, 'run.json')), 'the lock is released');
  const second = await chex(t, ['run', '-f', place.file]);
  assert.equal(second.code, 0, second.err);
});
