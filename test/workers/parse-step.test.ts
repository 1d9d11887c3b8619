import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { lives } from '../../scripts/generate/lives.ts';
import type { Job } from '../../src/api/kubernetes.ts';
import type { CombinedStep } from '../../src/plan/step.ts';
import { ExitError } from '../../src/plan/exit-error.ts';
import { parseStep } from '../../src/workers/parse-step.ts';

/** The message to the combined Job of a golden training. */
async function combinedStep(): Promise<CombinedStep> {
  const [, jobs = ''] = Object.entries(await lives()).find(([file]) => file.endsWith('.jobs.yaml')) ?? [];
  // A golden file holds the message as an object, for people to read.
  const steps = (parse(jobs.toString()) as Job[]).map(({ spec }) => spec.template.spec.containers[0]?.env.find(({ name }) => name === 'CHEX_STEP')?.value as unknown as CombinedStep);
  return steps.find(({ stage }) => stage === 'combined') ?? assert.fail('the golden training has no combined Job');
}

test('parseStep(): the account of a later or an earlier operator is read, and what it does not tell is unknown', async () => {
  const step = await combinedStep();
  const { ratePerHour, ...account } = step.account;
  const entries = account.entries.map((entry) => ({ ...entry, kilowattHours: 1 }));
  const parsed = parseStep(JSON.stringify({ ...step, account: { ...account, entries, tariff: 'night' } }));
  assert.notEqual(ratePerHour, undefined);
  assert.deepEqual(parsed, { ...step, account: { ...step.account, ratePerHour: null } });
});

test('parseStep(): a setting that this version does not know is refused by its name', async () => {
  const step = await combinedStep();
  assert.throws(() => parseStep(JSON.stringify({ ...step, dropout: 0.5 })), (error: unknown) => error instanceof ExitError && error.exitCode === 78 && error.message.includes('dropout'));
});
