import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrainingStatus } from '../../src/api/status.ts';
import { endOf } from '../../src/cli/run-end.ts';
import type { Trained } from '../../src/cli/train-here.ts';
import { layout } from '../../src/plan/layout.ts';

const step = { state: 'succeeded', run: 1, attempts: 1 } as const;
const stages = [
  { stage: 'catalog', ...step, seconds: 1 },
  { stage: 'preprocess', ...step, seconds: 9 },
  { stage: 'autoencoders', ...step, seconds: 90 },
] as const;

/** What endOf() prints and answers for a run into a folder with a per cent sign and a hash. */
function end(status: object, rest: Partial<Trained> = {}): { code: number; lines: string[] } {
  const lines: string[] = [];
  const whole = { conditions: [], stages, observations: [], message: '', ...status } as unknown as TrainingStatus;
  const code = endOf({ status: whole, failures: [], hasLostWork: false, ...rest, paths: layout('file:///data/50%/a#b'), print: (line) => lines.push(line) });
  return { code, lines };
}

const isTrue = (type: string) => ({ conditions: [{ type, status: 'True' }] });

test('endOf() says how long each stage took and, last, where the report is', () => {
  assert.deepEqual(end(isTrue('Succeeded')), {
    code: 0,
    lines: ['Time: catalog 1 s (1 %), preprocess 9 s (9 %), autoencoders 1 min 30 s (90 %)', 'The report: /data/50%/a#b/report/report.html'],
  });
});

test('endOf() says what it cost where prices are known, and nothing where none is', () => {
  const cost = { currency: 'USD', text: '1.25 USD', spent: '1.250000', priceSource: 'the training' };
  assert.equal(end({ ...isTrue('Succeeded'), cost }).lines[1], 'Cost: 1.25 USD, by the prices of the training');
  assert.ok(!end({ ...isTrue('Succeeded'), cost: { currency: 'USD', text: 'unknown', priceSource: 'AWS' } }).lines.some((line) => line.startsWith('Cost')));
});

test('endOf() says that nothing was left to do', () => {
  const found = stages.filter(({ stage }) => stage !== 'autoencoders').map((stage) => ({ ...stage, found: true }));
  assert.equal(end({ ...isTrue('Succeeded'), stages: found }).lines[0], 'Everything was finished before; nothing was done again.');
});

const cause = `Cannot use the data set: ${'a long path '.repeat(30)}is unreadable`;
const edema = { observation: 'Edema', state: 'failed', run: 1, attempts: 4, seconds: 3, message: 'Cannot use the data set: a long…' };
const failure = { pod: 'small-edema-1', title: 'Edema', message: cause, log: `${JSON.stringify({ message: 'Edema begins' })}\nSegmentation fault\n${JSON.stringify({ message: cause })}\n` };

test('endOf() tells a failure once: the step, the whole cause, its log, and last what to do', () => {
  assert.deepEqual(end({ ...isTrue('Failed'), observations: [{ ...edema, exitCode: 65 }] }, { failures: [failure] }), {
    code: 65,
    lines: [
      `Edema failed: ${cause}`,
      '  Its log: /data/50%/a#b/logs/small-edema-1.log',
      'Next: correct the data, then run the same command again: what is finished is not done twice.',
    ],
  });
});

test('endOf() shows the end of the log of a worker that crashed', () => {
  const { code, lines } = end({ ...isTrue('Failed'), observations: [{ ...edema, exitCode: 139 }] }, { failures: [failure] });
  assert.equal(code, 1);
  assert.deepEqual(lines.slice(1, -1), ['  The end of its log, /data/50%/a#b/logs/small-edema-1.log:', '    Edema begins', '    Segmentation fault']);
  assert.match(lines.at(-1) ?? '', /^Next: remove the cause, then run the same command again/);
});

test('endOf() names what failed of a training that has succeeded without it', () => {
  const { code, lines } = end({ ...isTrue('Succeeded'), observations: [{ ...edema, exitCode: 1 }] }, { failures: [{ ...failure, log: '' }] });
  assert.equal(code, 0);
  assert.equal(lines[0], `Edema failed: ${cause}`);
});

test('endOf() gives the reason of the training where no step failed', () => {
  const { code, lines } = end({ ...isTrue('Failed'), message: '0 of 1 autoencoders can succeed. Skipped: no positive film' });
  assert.equal(code, 1);
  assert.equal(lines[0], 'Failed: 0 of 1 autoencoders can succeed. Skipped: no positive film');
});

test('endOf() tells an interruption that has saved from one that has lost work', () => {
  assert.equal(end({}).code, 143);
  assert.match(end({}).lines.join(), /what was done is saved\. The same command goes on from there/);
  assert.equal(end({}, { hasLostWork: true }).code, 137);
});

test('endOf() says what a training that its budget has stopped needs', () => {
  const conditions = [{ type: 'Suspended', status: 'True', reason: 'BudgetExceeded', message: '4.00 USD of the budget of 4.00 USD are spent; checkpoints are saved and nothing is started. Raise spec.budget.amount to go on' }];
  assert.deepEqual(end({ conditions }), {
    code: 143,
    lines: [`Stopped: ${conditions[0]?.message}`, 'Next: change that, then run the same command again: it goes on from what was saved.'],
  });
});
