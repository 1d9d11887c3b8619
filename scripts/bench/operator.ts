/** What the operator's own thinking costs: passes over trainings on the fake cluster, where every call is answered at once. */
import { reconcile } from '../../src/operator/reconcile.ts';
import { aTraining, someSettings } from '../../test/builders.ts';
import { drive, pass, stateOf } from '../../test/fakes/drive.ts';
import { FakeCluster } from '../../test/fakes/fake-cluster.ts';
import { alone } from './bench-row.ts';
import type { BenchRow } from './bench-row.ts';

const trainings = 1000;
const passes = 2000;

export async function benchOperator(): Promise<BenchRow[]> {
  const clusters: FakeCluster[] = [];
  for (let number = 0; number < trainings; number += 1) clusters.push(await inMidTraining(number));
  const coldStart = await secondsOf(async () => {
    for (const cluster of clusters) await reconcile(cluster.training.metadata, { cluster, settings: someSettings(), now: () => cluster.now });
  });
  const [cluster] = clusters;
  if (cluster === undefined) throw new Error('There is no training');
  const writes = cluster.writes;
  const still = await secondsOf(async () => {
    for (let number = 0; number < passes; number += 1) await pass(cluster);
  });
  if (cluster.writes !== writes) throw new Error('A pass that changes nothing has written');
  return [
    { ...alone, name: 'operator: a pass that changes nothing, 14 autoencoders running (at most 1)', unit: 'ms', value: (still / passes) * 1000 },
    { ...alone, name: `operator: first pass over ${trainings} such trainings (at most 5)`, unit: 's', value: coldStart },
  ];
}

/** All autoencoders run, and their status is written. */
async function inMidTraining(number: number): Promise<FakeCluster> {
  const cluster = new FakeCluster(aTraining({}, { name: `chest-${number}`, uid: `uid-${number}` }));
  await drive(cluster, { until: (status) => stateOf(status, 'Edema') === 'active' });
  await pass(cluster);
  return cluster;
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
