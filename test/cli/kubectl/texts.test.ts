import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costText, costValue } from '../../../src/cli/kubectl/cost-text.ts';
import { listText } from '../../../src/cli/kubectl/list-text.ts';
import { statusText } from '../../../src/cli/kubectl/status-text.ts';
import { sumOf } from '../../../src/plan/cost/money.ts';
import type { Script } from '../../fakes/fake-cluster.ts';
import { trainingAsSeen } from './a-training.ts';

const now = Date.parse('2026-01-01T00:05:00Z');
const shown = { now, isColoured: false };
/** All others are done while it is trained. */
const slowEdema: Script = ({ name }) => ({ seconds: name === 'Edema' ? 600 : 60 });
const prices = { currency: 'EUR', source: 'an offer', nodes: [{ perHour: '3.60' }] };

test('statusText() of a running training: a line for all, one for each of the 14, at most 100 characters wide', async () => {
  const training = await trainingAsSeen({ prices, autoencoders: { maxParallel: 3 } }, { script: slowEdema, until: ({ classes }) => classes === '9/14' });
  const lines = statusText(training, shown);
  assert.equal(lines[0], 'default/chest');
  assert.match(lines[1] ?? '', /^autoencoders {2}\d+ % {2}9\/14 classes .* cost \d\.\d+ EUR$/);
  assert.equal(lines.filter((line) => /^ {2}[A-Z]/.test(line)).length, 14);
  assert.ok(lines.every((line) => line.length <= 100));
  assert.equal(new Set(lines.filter((line) => line.startsWith('autoencoders:'))).size, lines.filter((line) => line.startsWith('autoencoders:')).length, 'nothing is said twice');
});

test('statusText() of a failed and of a suspended training says why, and what to do', async () => {
  const failed = await trainingAsSeen({ observations: ['Edema'] }, { script: ({ name }) => (name === 'catalog' ? { seconds: 1, exitCode: 66, message: 'Cannot read s3://hospital/CheXpert: nothing is there' } : { seconds: 1 }) });
  assert.match(statusText(failed, shown).join('\n').replaceAll('\n  ', ' '), /Failed: The catalog failed: Cannot read s3:\/\/hospital\/CheXpert: nothing is there\. Correct the cause, delete the training/);
  const suspended = await trainingAsSeen({ observations: ['Edema'], suspend: true }, { until: ({ conditions }) => conditions.some(({ type, status }) => type === 'Suspended' && status === 'True') });
  assert.match(statusText(suspended, shown).join('\n'), /^Suspended: spec\.suspend is true; set it to false to go on$/m);
});

test('statusText() of a training that no operator has seen asks whether there is one', async () => {
  const { status: _, ...training } = await trainingAsSeen({ observations: ['Edema'] });
  assert.match(statusText(training, shown).join(' '), /No operator has looked at it yet\. Is it installed\?/);
});

test('costText() adds up what the steps cost, and says where it goes', async () => {
  const training = await trainingAsSeen({ observations: ['Edema', 'Fracture'], prices, budget: { amount: '9.00', currency: 'EUR' } }, { script: slowEdema, until: ({ classes }) => classes === '1/2' });
  const text = costText(training).join('\n');
  assert.match(text, /^Catalog +succeeded +1 min 0 s +0\.0600 EUR$/m);
  assert.match(text, /^Spent {5}\d\.\d+ EUR$/m);
  assert.match(text, /^Forecast {2}\d+\.\d+ EUR \(\d+\.\d+ EUR to \d+\.\d+ EUR\)$/m);
  assert.match(text, /^Budget {4}9\.00 EUR, when it is used up: Suspend$/m);
  assert.match(text, /^Prices {4}an offer$/m);
  assert.ok(text.split('\n').every((line) => line.length <= 100));
});

test('costValue() has for scripts what the table shows, step by step', async () => {
  const training = await trainingAsSeen({ observations: ['Edema', 'Fracture'], prices, budget: { amount: '9.00', currency: 'EUR' } });
  const value = costValue(training) as { name: string; spent: string; budget: object; steps: { stage: string; observation?: string; state: string; seconds: number; cost: string }[] };
  assert.deepEqual([value.name, (value.budget as { amount: string }).amount], ['chest', '9.00']);
  assert.deepEqual(value.steps.map(({ stage, observation }) => [stage, observation]), [['catalog', undefined], ['preprocess', undefined], ['autoencoders', 'Edema'], ['autoencoders', 'Fracture'], ['combined', undefined]]);
  assert.deepEqual(value.steps[0], { stage: 'catalog', state: 'succeeded', seconds: 60, cost: '0.060000', wasted: '0.000000' });
  assert.equal(sumOf(value.steps.map(({ cost }) => cost)), value.spent);
});

test('costText() says unknown of what has no price, and names the node', async () => {
  const training = await trainingAsSeen({ observations: ['Edema'] });
  const text = costText(training).join('\n');
  assert.match(text, /^Catalog +succeeded +1 min 0 s +unknown$/m);
  assert.match(text, /^Spent {5}unknown$/m);
  assert.match(text.replaceAll('\n  ', ' '), /of Pods have no price, and are not in these amounts\. Node node-1 \(without labels of a cloud\) has no price/);
});

test('listText() gives each training a line of at most 100 characters', async () => {
  const training = await trainingAsSeen({ observations: ['Edema'] });
  const lines = listText([training, { ...training, metadata: { ...training.metadata, name: 'a-training-with-quite-a-long-name' } }], { isOfAll: true });
  assert.match(lines[0] ?? '', /^NAMESPACE {2}NAME +STAGE {2}PROGRESS/);
  assert.match(lines[1] ?? '', /^default +chest +done +100 %/);
  assert.ok(lines.every((line) => line.length <= 100));
});
