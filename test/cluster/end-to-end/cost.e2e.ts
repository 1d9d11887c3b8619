import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Node, Pod } from '../../../src/api/kubernetes.ts';
import type { TrainingStatus } from '../../../src/api/status.ts';
import { kubectl } from '../kubectl.ts';
import type { Training } from './trainings.ts';
import { Namespace } from './trainings.ts';

const namespace = new Namespace('chex-e2e-cost');
before(() => namespace.create());
after(() => namespace.remove());

/** Made up, of every node: 20 a minute. */
const perHour = 1200;
const prices = { source: 'made up', nodes: [{ perHour: String(perHour) }] };
/** Autoencoders that take long beside the start of their Pods. */
const lasting = { epochs: 1000 };

test("what a training cost is its Pods' times in the API server's own records, times the price of their share of the node, to the cent", async (t) => {
  const training = namespace.applyTraining('priced', { prices, autoencoders: { epochs: 2000 } });
  const seen: TrainingStatus[] = [];
  const status = await training.until('it is over', () => {
    const now = training.status();
    if (now !== null) seen.push(now);
    return now?.stage === 'done' ? now : null;
  });
  const paid = training.pods().map((pod) => costOf(pod)).reduce((sum, each) => sum + each, 0);
  near(Number(status.cost?.spent), paid);
  assert.equal(status.cost?.priceSource, 'made up');
  const parts = [...status.stages.filter(({ stage }) => stage !== 'autoencoders'), ...status.observations];
  assert.equal(parts.length, 5);
  near(parts.reduce((sum, { cost = '0' }) => sum + Number(cost), 0), Number(status.cost?.spent));
  near(Number(/^(\d+\.\d\d) USD$/.exec(status.cost?.text ?? '')?.[1]), paid, 0.005);
  assert.match(namespace.kubectl('get', 'cxt', 'priced'), new RegExp(`\\s${status.cost?.text}\\s`));

  const early = seen.find(({ cost }) => Number(cost?.spent) >= 0.2 * Number(status.cost?.spent));
  const [foreseen, spent] = [Number(early?.cost?.forecast), Number(status.cost?.spent)];
  const error = foreseen / spent - 1;
  t.diagnostic(`${spent.toFixed(2)} USD; foreseen when ${early?.cost?.spent} was spent: ${foreseen.toFixed(2)} (${early?.cost?.forecastLow} to ${early?.cost?.forecastHigh}), ${(error * 100).toFixed(1)} % off`);
  // On a machine that is busy with other things it is within 15 % most times; further off than this is a fault.
  assert.ok(Math.abs(error) < 0.4, `${foreseen} was foreseen, ${spent} came of it`);
});

test('a budget stops a training with its checkpoints before it is passed, and raised it lets it go on to the same result', async (t) => {
  const autoencoders = { ...lasting, resources: { cpu: '500m', memory: '1Gi', gpu: 0 } };
  const undisturbed = namespace.applyTraining('unlimited', { autoencoders });
  await undisturbed.untilCondition('Succeeded');
  // Of which 20.83 are held back for two autoencoders, half a node, to save and stop.
  const training = namespace.applyTraining('limited', { prices, autoencoders, budget: { amount: '24.00', currency: 'USD', onExceeded: 'Suspend', warnAtPercent: [1] } });
  await training.untilCondition('BudgetExceeded');
  await training.until('its Pods are gone', () => training.pods().every(({ status }) => status.phase !== 'Running' && status.phase !== 'Pending'));
  const stopped = await training.until('it is suspended', () => conditionOf(training, 'Suspended')?.status === 'True' && training.status());
  assert.equal(conditionOf(training, 'Suspended')?.reason, 'BudgetExceeded');
  assert.ok(centsOf(stopped.cost?.spent) > 0 && centsOf(stopped.cost?.spent) <= 2400, stopped.cost?.spent);
  assert.ok(stopped.observations.some(({ state }) => state !== 'succeeded'));
  t.diagnostic(`stopped at ${stopped.cost?.text} of 24.00 USD: ${conditionOf(training, 'BudgetExceeded')?.message}`);

  training.patch({ budget: { amount: '5000.00' } });
  await training.untilCondition('Succeeded');
  assert.equal(conditionOf(training, 'BudgetExceeded')?.status, 'False');
  assert.deepEqual(await training.readFigures(), await undisturbed.readFigures());
  const warnings = namespace.list<{ reason: string; involvedObject: { name: string }; count?: number }>('events').filter(({ involvedObject }) => involvedObject.name === 'limited');
  assert.equal(warnings.filter(({ reason }) => reason === 'BudgetWarning').length, 1);
  t.diagnostic(`${training.status()?.cost?.text} at the end`);
});

function conditionOf(training: Training, wanted: string): TrainingStatus['conditions'][number] | undefined {
  return training.status()?.conditions.find(({ type }) => type === wanted);
}

/** A hundredth of a cent stands for what doubles round; whole cents would differ where a sum lies between two. */
function near(amount: number, expected: number, tolerance = 0.0001): void {
  assert.ok(Math.abs(amount - expected) <= tolerance + 1e-9, `${amount} is not ${expected}`);
}

/** Its time on the node, times its largest share of what the node has. */
function costOf({ spec, status }: Pod): number {
  const { allocatable = {} } = (JSON.parse(kubectl(['get', 'node', spec?.nodeName ?? '', '--output=json'])) as Node).status ?? {};
  const { limits, requests } = spec?.containers?.[0]?.resources ?? {};
  const share = Math.max(...Object.entries({ ...limits, ...requests }).map(([name, amount]) => amountOf(amount) / amountOf(allocatable[name] ?? '')).filter(Number.isFinite));
  const seconds = (Date.parse(status.containerStatuses?.[0]?.state?.terminated?.finishedAt ?? '') - Date.parse(status.startTime ?? '')) / 1000;
  assert.ok(seconds > 0 && share > 0 && share < 1);
  return (seconds * share * perHour) / 3600;
}

/** Of the few forms that these Pods and nodes have. */
function amountOf(quantity: string): number {
  const [, number = '', unit = ''] = /^(\d+)(\w*)$/.exec(quantity) ?? [];
  const units: Readonly<Record<string, number>> = { '': 1, m: 1e-3, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };
  return Number(number) * (units[unit] ?? NaN);
}

function centsOf(amount: string | undefined): number {
  return Math.round(Number(amount) * 100);
}
