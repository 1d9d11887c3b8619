import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, watch } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { TrainingStatus } from '../../src/api/status.ts';
import { readTraining } from '../../src/cli/training-file.ts';
import { reportSchema } from '../../src/evaluation/report-schema.ts';
import { asStep } from '../../src/plan/as-step.ts';
import { planTraining } from '../../src/plan/plan.ts';
import { recordedOutcomes } from '../../src/plan/records.ts';
import { someSettings } from '../builders.ts';
import type { Place } from './chex.ts';
import { chex, everything, readJson, startChex, tinyTraining } from './chex.ts';

const files = ['predictions.csv', 'model-card.md', 'report.html', 'report.json'];

test('a worker killed with -9 as it writes each file of the report leaves none that is half; the next run ends with the same report', async (t) => {
  const place = await tinyTraining(t, { observations: ['Edema'] });
  const alone = await chex(t, ['run', '-f', place.file, '--engine', 'wasm']);
  assert.equal(alone.code, 0, everything(alone));
  const report = path.join(place.run, 'report');
  const whole = figuresOf(report);
  const step = JSON.stringify(await combinedStep(place));
  for (const [index, name] of files.entries()) {
    // Most often the first try hits; on a busy machine the worker may have ended before its death comes.
    let isKilled = false;
    for (let tries = 0; tries < 5 && !isKilled; tries += 1) {
      for (const file of ['combined/done.json', ...files.map((one) => `report/${one}`)]) rmSync(path.join(place.run, file), { force: true });
      isKilled = await killAt(t, { report, step, begun: index + 1 });
    }
    assert.ok(isKilled, `no worker was killed as it wrote ${name}`);
    const there = files.filter((file) => existsSync(path.join(report, file)));
    t.diagnostic(`killed as it wrote ${name}; there: ${there.join(', ') || 'nothing'}`);
    // What is there is whole.
    if (there.includes('predictions.csv')) assert.equal(readFileSync(path.join(report, 'predictions.csv'), 'utf8'), whole.predictions);
    if (there.includes('report.html')) assert.match(readFileSync(path.join(report, 'report.html'), 'utf8'), /<\/html>\s*$/);
    if (there.includes('report.json')) reportSchema.parse(readJson(report, 'report.json'));
  }
  const last = await chex(t, ['run', '-f', place.file, '--engine', 'wasm']);
  assert.equal(last.code, 0, everything(last));
  assert.deepEqual(figuresOf(report), whole);
});

function figuresOf(report: string) {
  const { observations, macro, combined, baseline, autoencoders, perStudy, subgroups } = readJson(report, 'report.json');
  const losses = (autoencoders as { loss: unknown }[]).map(({ loss }) => loss);
  return { predictions: readFileSync(path.join(report, 'predictions.csv'), 'utf8'), observations, macro, combined, baseline, losses, perStudy, subgroups };
}

/** The message that the finished run gave to the worker of its last step. */
async function combinedStep({ file, run }: Place) {
  const { metadata, spec } = await readTraining(file);
  const status = readJson(run, 'status.json') as unknown as TrainingStatus;
  const training = { metadata: { ...metadata, uid: 'another', generation: 1 }, spec, status };
  const draft = planTraining({ training, settings: someSettings(), results: recordedOutcomes(status) }).steps.at(-1)?.draft;
  assert.ok(draft, 'the finished run has recorded what its last step needs');
  return asStep(draft, 2, { workedSeconds: 0, currency: null, priceSource: null, priceDate: null, ratePerHour: null, gpus: null, entries: [] });
}

/** Runs the step and kills its worker when so many files of the report were begun, each under a temporary name; false when it ended before. */
async function killAt(t: TestContext, { report, step, begun }: { report: string; step: string; begun: number }): Promise<boolean> {
  const worker = startChex(t, ['step'], { CHEX_STEP: step, CHEX_TERMINATION_LOG: '/dev/null' });
  const seen = new Set<string>();
  const watcher = watch(report, (_, name) => {
    if (name?.startsWith('.chex-')) seen.add(name);
    if (seen.size >= begun) worker.child.kill('SIGKILL');
  });
  const { code, err } = await worker.ended;
  watcher.close();
  assert.ok(code === null || code === 0, err);
  return code === null;
}
