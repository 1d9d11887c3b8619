/** Lives of trainings whose nodes cost something: what is spent, wasted and foreseen, and budgets that run out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod } from '../../src/api/kubernetes.ts';
import type { TrainingSpecInput } from '../../src/api/schema.ts';
import type { TrainingStatus } from '../../src/api/status.ts';
import { labelOf } from '../../src/api/observations.ts';
import { autoencoderFilmWork, autoencoderWork, combinedWork } from '../../src/plan/work.ts';
import { aTraining } from '../builders.ts';
import { aCatalogResult } from '../results.ts';
import { change, conditionOf, drive, isTrue, observationOf, pass, stateOf } from '../fakes/drive.ts';
import type { Script } from '../fakes/fake-cluster.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';

const two: Partial<TrainingSpecInput> = { observations: ['Edema', 'Fracture'] };
/** Of which every Pod takes the whole: it says nothing of what it has. */
const spotNode: Node = { metadata: { name: 'node-1', labels: { 'node.kubernetes.io/instance-type': 'p3.2xlarge', 'karpenter.sh/capacity-type': 'spot' } } };
const prices = { currency: 'USD', source: 'a quote', nodes: [{ instanceType: 'p3.2xlarge', capacityType: 'Spot' as const, perHour: '3.60' }] };

function aCluster(spec: Partial<TrainingSpecInput>, script?: Script): FakeCluster {
  const cluster = new FakeCluster(aTraining({ ...two, ...spec }), script);
  cluster.nodes.set('node-1', spotNode);
  return cluster;
}

/** Every Pod that ever was, from the records of the cluster, at 3.60 an hour: a tenth of a cent a second. */
function watchPods(cluster: FakeCluster): () => string {
  const seconds = new Map<string, number>();
  const of = ({ status }: Pod) => (Date.parse(status.containerStatuses?.[0]?.state?.terminated?.finishedAt ?? '') - Date.parse(status.startTime ?? '')) / 1000;
  const settle = cluster.settle.bind(cluster);
  cluster.settle = () => {
    for (const pod of [...cluster.pods.all, ...cluster.removedPods()]) if (Number.isFinite(of(pod))) seconds.set(pod.metadata.uid ?? '', of(pod));
    settle();
    for (const pod of [...cluster.pods.all, ...cluster.removedPods()]) if (Number.isFinite(of(pod))) seconds.set(pod.metadata.uid ?? '', of(pod));
  };
  return () => ([...seconds.values()].reduce((sum, each) => sum + each, 0) / 1000).toFixed(6);
}

test('what was spent is the sum of the Pods\' times their price, with every attempt, to the millionth', async () => {
  const cluster = aCluster({ prices }, ({ name, attempt }) => ({ seconds: 100, exitCode: name === 'Edema' && attempt < 3 ? 1 : 0 }));
  const paid = watchPods(cluster);
  const status = await drive(cluster);
  assert.ok(isTrue(status, 'Succeeded') && isTrue(status, 'PriceKnown'));
  assert.equal(status.cost?.spent, paid());
  assert.equal(status.cost?.forecast, paid());
  assert.equal(status.cost?.wasted, '0.200000');
  assert.equal(observationOf(status, 'Edema').cost, '0.300000');
  assert.equal(status.cost?.priceSource, 'a quote');
});

test('prices by OpenCost are counted, and the status says whose they are', async () => {
  const cluster = aCluster({});
  cluster.openCost.set('node-1', '3.600000');
  const paid = watchPods(cluster);
  const { cost } = await drive(cluster);
  assert.deepEqual([cost?.spent, cost?.priceSource, cost?.priceDate], [paid(), 'OpenCost', undefined], 'the day of the table is none of OpenCost\'s');
});

test('where a price is given later by somebody else, the status names both', async () => {
  const cluster = aCluster({ prices });
  await drive(cluster);
  cluster.openCost.set('node-1', '7.200000');
  change(cluster, { prices: undefined, rerun: [{ observation: 'Edema', times: 1 }] });
  const { cost } = await drive(cluster);
  assert.deepEqual([cost?.priceSource, cost?.priceDate], ['a quote; OpenCost', undefined]);
});

test('a Pod that only finds its step done is paid for too, and is no attempt', async () => {
  const cluster = aCluster({ prices });
  await drive(cluster);
  const [before] = [cluster.training.status];
  change(cluster, { rerun: [{ observation: 'Edema', times: 1 }] });
  const status = await drive(cluster);
  assert.equal(Number(status.cost?.spent) > Number(before?.cost?.spent), true);
});

test('work is wasted from the last checkpoint on where a Pod is killed, and not at all where it could save', async () => {
  const cluster = aCluster({ prices, autoencoders: { maxParallel: 1 } }, ({ name, attempt }) => ({ seconds: 600, ...(name === 'Edema' && attempt === 1 ? { exitCode: 137, savedEvery: 250 } : {}) }));
  const status = await drive(cluster, { passSeconds: 10 });
  assert.equal(status.cost?.wasted, '0.100000');
  const evicted = aCluster({ prices });
  await drive(evicted, { until: (now) => stateOf(now, 'Edema') === 'active' });
  evicted.disrupt('autoencoders');
  assert.equal((await drive(evicted)).cost?.wasted, '0.000000');
});

test('without a price nothing is 0: the cost is unknown, and is counted from the start once a price is given', async () => {
  const cluster = aCluster({});
  const paid = watchPods(cluster);
  const before = await drive(cluster, { until: (now) => stateOf(now, 'Edema') === 'active' });
  assert.deepEqual([before.cost?.text, before.cost?.spent, before.cost?.forecast], ['unknown', undefined, undefined]);
  assert.equal(conditionOf(before, 'PriceKnown')?.status, 'False');
  assert.match(conditionOf(before, 'PriceKnown')?.message ?? '', /^Node node-1 \(p3\.2xlarge, Spot\) has no price\. Give it in spec\.prices/);
  assert.equal(cluster.events.filter(({ reason }) => reason === 'PriceUnknown').length, 0, 'nobody has asked about money');
  change(cluster, { budget: { amount: '50.00', currency: 'USD', onExceeded: 'Suspend', warnAtPercent: [80] } });
  change(cluster, { prices });
  const status = await drive(cluster);
  assert.ok(isTrue(status, 'PriceKnown'));
  assert.equal(status.cost?.spent, paid());
});

const budget = (amount: string, onExceeded: 'Warn' | 'Suspend' | 'Fail') => ({ amount, currency: 'USD', onExceeded, warnAtPercent: [50, 80] });
const long: Script = ({ name }) => ({ seconds: name === 'Edema' || name === 'Fracture' ? 1000 : 100 });

test('Suspend: warnings come once each, checkpoints are saved before the amount is passed, and a higher amount goes on', async () => {
  const cluster = aCluster({ prices, budget: budget('1.50', 'Suspend') }, long);
  const status = await drive(cluster, { until: (now) => isTrue(now, 'Suspended') && cluster.running.length === 0, passSeconds: 5 });
  assert.equal(conditionOf(status, 'BudgetExceeded')?.status, 'True');
  assert.equal(conditionOf(status, 'Suspended')?.reason, 'BudgetExceeded');
  assert.ok(Number(status.cost?.spent) < 1.5 && Number(status.cost?.spent) > 1, status.cost?.spent);
  assert.match(status.message, /of the budget of 1\.50 USD are spent.*Raise spec\.budget\.amount to go on/);
  await drive(cluster, { until: () => cluster.now > Date.parse('2026-01-02T00:00:00Z'), passSeconds: 600 });
  assert.equal(cluster.running.length, 0);
  const count = (reason: string) => cluster.events.filter((event) => event.reason === reason).length;
  assert.deepEqual([count('BudgetWarning'), count('BudgetExceeded'), count('ForecastAboveBudget')], [2, 1, 1]);
  change(cluster, { budget: budget('9.00', 'Suspend') });
  const end = await drive(cluster);
  assert.ok(isTrue(end, 'Succeeded') && !isTrue(end, 'BudgetExceeded'));
  assert.deepEqual(end.observations.map(({ run }) => run), [2, 2]);
});

test('Fail: what runs saves and stops, the training has failed and stays so, also with a higher amount', async () => {
  const cluster = aCluster({ prices, budget: budget('1.50', 'Fail') }, long);
  const status = await drive(cluster);
  assert.equal(conditionOf(status, 'Failed')?.reason, 'BudgetExceeded');
  assert.equal(cluster.running.length, 0);
  assert.ok(Number(status.cost?.spent) < 1.5);
  change(cluster, { budget: budget('9.00', 'Fail') });
  const later = await drive(cluster);
  assert.ok(isTrue(later, 'Failed'));
  assert.equal(cluster.running.length, 0);
});

test('Warn: it goes on, and says so', async () => {
  const cluster = aCluster({ prices, budget: budget('1.50', 'Warn') }, long);
  const status = await drive(cluster);
  assert.ok(isTrue(status, 'Succeeded') && isTrue(status, 'BudgetExceeded'));
  assert.match(conditionOf(status, 'BudgetExceeded')?.message ?? '', /it goes on, as budget\.onExceeded is Warn$/);
});

test('a budget of nothing starts nothing, and one in another currency than the prices starts nothing until that is mended', async () => {
  const none = aCluster({ prices, budget: budget('0', 'Suspend') });
  const status = await drive(none, { until: (now) => isTrue(now, 'Suspended') });
  assert.deepEqual([status.cost?.text, none.jobs.length], ['0.00 USD', 0]);
  const euro = aCluster({ budget: { ...budget('9.00', 'Suspend'), currency: 'EUR' } });
  const held = await drive(euro, { until: (now) => isTrue(now, 'Suspended') });
  assert.equal(euro.jobs.length, 0);
  assert.equal(conditionOf(held, 'BudgetExceeded')?.status, 'Unknown');
  assert.equal(held.message, 'The budget is in EUR and the prices are in USD: give spec.budget.amount in USD, or spec.prices in EUR');
  change(euro, { prices: { ...prices, currency: 'EUR' } });
  const end = await drive(euro);
  assert.ok(isTrue(end, 'Succeeded'));
  assert.match(end.cost?.text ?? '', / EUR$/);
});

test('the forecast made at a fifth of the run lies within 15 % of its end', async () => {
  const short = { ...two, prices, autoencoders: { epochs: 5 }, combined: { backbone: 'Small' as const, epochs: 1 } };
  const { spec } = aTraining(short);
  const { films, images } = aCatalogResult();
  const speed = 2000 * autoencoderFilmWork(spec);
  // The combined model takes a tenth longer than its work says, and one autoencoder runs on a slower node.
  const secondsOf = (name: string) => {
    if (name === 'combined') return (1.1 * combinedWork(spec, films, 2)) / speed;
    return name === 'Edema' || name === 'Fracture' ? ((name === 'Edema' ? 1.05 : 1) * autoencoderWork(spec, name, images.train[labelOf(name)] ?? 0)) / speed : 60;
  };
  const cluster = aCluster(short, ({ name }) => ({ seconds: secondsOf(name), imagesPerSecond: name === 'Edema' ? 2000 / 1.05 : 2000 }));
  const early: TrainingStatus[] = [];
  const until = (status: TrainingStatus) => {
    if (status.progress >= 0.2) early.push(status);
    return isTrue(status, 'Succeeded');
  };
  const end = await drive(cluster, { until, passSeconds: 30 });
  const [first] = early;
  assert.ok(first && first.progress < 0.4, String(first?.progress));
  const [foreseen, low, high, spent] = [first.cost?.forecast, first.cost?.forecastLow, first.cost?.forecastHigh, end.cost?.spent].map(Number) as [number, number, number, number];
  assert.ok(Math.abs(foreseen / spent - 1) < 0.15 && low < spent && spent < high, `${foreseen} (${low} to ${high}) foreseen at ${first.progress}, ${spent} spent`);
});

test('a training that is suspended pays every second of its Pods, which are gone before anybody looks, and has wasted nothing', async () => {
  const cluster = aCluster({ prices }, () => ({ seconds: 200, stopSeconds: 7 }));
  const paid = watchPods(cluster);
  await drive(cluster, { until: (now) => (observationOf(now, 'Edema').progress ?? 0) > 0.3 });
  change(cluster, { suspend: true });
  const status = await drive(cluster, { until: (now) => isTrue(now, 'Suspended') && cluster.running.length === 0 });
  assert.deepEqual([status.cost?.spent, status.cost?.wasted], [paid(), '0.000000']);
  assert.deepEqual(observationOf(status, 'Edema').lastAttempts?.map(({ exitCode }) => exitCode), [143]);
  change(cluster, { suspend: false });
  const end = await drive(cluster);
  assert.deepEqual([end.cost?.spent, end.cost?.wasted], [paid(), '0.000000']);
});

test('a budget that suspends stops also a training that cannot succeed any more', async () => {
  const script: Script = ({ name }) => (name === 'Edema' ? { seconds: 10, exitCode: 78, message: 'wrong batch' } : { seconds: name === 'Fracture' ? 7200 : 60 });
  const cluster = aCluster({ prices, budget: budget('2.00', 'Suspend') }, script);
  const status = await drive(cluster, { passSeconds: 30 });
  assert.ok(isTrue(status, 'Failed') && isTrue(status, 'BudgetExceeded'));
  assert.ok(Number(status.cost?.spent) <= 2, status.cost?.spent);
});

test('what is foreseen does not jump when a Pod is lost or a training is suspended: the speed is known', async () => {
  const short = { ...two, prices, autoencoders: { epochs: 5, maxParallel: 1 }, combined: { backbone: 'Small' as const, epochs: 1 } };
  const { spec } = aTraining(short);
  const { films, images } = aCatalogResult();
  // Four times what is assumed before anything is measured.
  const speed = 2000 * autoencoderFilmWork(spec);
  const secondsOf = (name: string) => {
    if (name === 'combined') return combinedWork(spec, films, 2) / speed;
    return name === 'Edema' || name === 'Fracture' ? autoencoderWork(spec, name, images.train[labelOf(name)] ?? 0) / speed : 60;
  };
  const cluster = aCluster(short, ({ name }) => ({ seconds: secondsOf(name), imagesPerSecond: 2000, savedEvery: 10 }));
  const before = await drive(cluster, { until: ({ observations }) => observations.some(({ progress = 0 }) => progress > 0.2), passSeconds: 10 });
  const ratioOf = ({ cost }: TrainingStatus) => Number(cost?.forecast) / Number(before.cost?.forecast);
  assert.ok(Math.abs(ratioOf(before) - 1) < 0.01);
  cluster.disrupt('autoencoders');
  const lost = await pass(cluster);
  assert.ok(Math.abs(ratioOf(lost.decision.status) - 1) < 0.3, `${ratioOf(lost.decision.status)} times as much`);
  change(cluster, { suspend: true });
  const status = await drive(cluster, { until: (now) => isTrue(now, 'Suspended') && cluster.running.length === 0 });
  assert.ok(Math.abs(ratioOf(status) - 1) < 0.3, `${ratioOf(status)} times as much`);
});
