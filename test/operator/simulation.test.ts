/** Random lives of a training on the fake cluster: whatever happens, the invariants hold in every pass and it ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chexLabels } from '../../src/api/labels.ts';
import { observations } from '../../src/api/observations.ts';
import type { ObservationStatus, StageStatus, StepState } from '../../src/api/status.ts';
import { reconcile } from '../../src/operator/reconcile.ts';
import { aTraining, someSettings } from '../builders.ts';
import { change, isTrue, pass } from '../fakes/drive.ts';
import type { Script } from '../fakes/fake-cluster.ts';
import { Crash, FakeCluster } from '../fakes/fake-cluster.ts';
import { seenAs } from '../fakes/seen-as.ts';

const lives = 40;
const mostPasses = 2000;
const faultsOfLife = 30;

/** 0 to 1, by mulberry32. */
function openRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

for (let seed = 1; seed <= lives; seed += 1) {
  test(`decide() keeps its promises in random life ${seed}`, () => live(seed));
}

async function live(seed: number): Promise<void> {
  const random = openRandom(seed);
  const chance = (share: number) => random() < share;
  let faults = faultsOfLife;
  const script: Script = ({ name }) => {
    const seconds = 5 + Math.floor(random() * 200);
    const stopSeconds = chance(0.5) ? Math.floor(random() * 30) : 0;
    if (faults > 0 && chance(0.05)) return { seconds, stopSeconds, standsStillAt: random() };
    const isFlaky = name !== 'catalog' && chance(0.15);
    return { seconds, stopSeconds, ...(isFlaky ? { exitCode: chance(0.15) ? 65 : 1, message: 'bad luck' } : chance(0.05) ? { message: '' } : {}) };
  };
  const isQueued = chance(0.3);
  const training = aTraining({
    observations: observations.slice(0, 4 + Math.floor(random() * 4)),
    ...(isQueued ? { queueName: 'gpus' } : {}),
    ...(chance(0.3) ? { retention: { finishedJobsDays: 0 } } : {}),
    autoencoders: { maxParallel: 1 + Math.floor(random() * 4), progressDeadlineSeconds: 300, ...(chance(0.5) ? { minSucceeded: 2 } : {}) },
  });
  const crash = () => (faults > 0 && chance(0.05) ? (chance(0.5) ? 'before' : 'after') : null);
  const cluster = new FakeCluster(training, script, { hasKueue: isQueued, crash });
  let seen = cluster.training.status;
  let old = { training: cluster.training, children: await cluster.children() };
  for (let passes = 0; passes < mostPasses; passes += 1) {
    const before = autoencodersOf(cluster);
    const limit = cluster.training.spec.autoencoders.maxParallel ?? 14;
    if (chance(0.2)) old = { training: cluster.training, children: await cluster.children() };
    const wait = await passOrDie(cluster);
    // A second operator; or the same one, whose sight of Jobs and Pods lags behind by some passes.
    if (chance(0.1)) await passOnOld(cluster, chance(0.5) ? old : { ...old, training: cluster.training });
    demandInvariants(cluster, { before, limit });
    demandMemory(seen, cluster.training.status);
    seen = cluster.training.status;
    if (faults === 0) await demandRest(cluster);
    if (wait === 'over') {
      if (faults === 0) return demandEnd(cluster);
      faults = 0;
    }
    if (faults > 0 && chance(0.2)) {
      faults -= 1;
      disturb(cluster, random);
    } else if (faults === 0 || chance(0.3)) {
      cluster.pods.removeLost();
      if (cluster.training.spec.suspend) change(cluster, { suspend: false });
      for (const { metadata } of cluster.running) if (faults === 0 || chance(0.5)) cluster.suspend(metadata.name, false);
    }
    cluster.advance(wait === 'over' ? 0 : wait);
  }
  assert.fail(`life ${seed} does not end: ${cluster.training.status?.message}`);
}

/** Seconds until it wants to look again; an operator that dies is back at once. */
async function passOrDie(cluster: FakeCluster): Promise<number | 'over'> {
  try {
    const { decision } = await pass(cluster);
    return decision.isOver ? 'over' : (decision.requeueAfterSeconds ?? 0);
  } catch (error) {
    if (error instanceof Crash) return 0;
    throw error;
  }
}

/** A pass over what was read before the last one wrote. */
async function passOnOld(cluster: FakeCluster, { training, children }: { training: FakeCluster['training']; children: Awaited<ReturnType<FakeCluster['children']>> }): Promise<void> {
  const stale = seenAs(cluster, { getTraining: async () => training, children: async () => children });
  await reconcile(training.metadata, { cluster: stale, settings: someSettings(), now: () => cluster.now }).catch((error: unknown) => {
    if (!(error instanceof Crash) && !/^Conflict/.test(String((error as Error).message))) throw error;
  });
}

function disturb(cluster: FakeCluster, random: () => number): void {
  const { running } = cluster;
  const some = running[Math.floor(random() * running.length)]?.metadata.name ?? '';
  switch (Math.floor(random() * 7)) {
    case 0:
      return cluster.disrupt('autoencoders');
    case 1:
      return cluster.vanish(some);
    case 2:
      return change(cluster, { suspend: true });
    case 3:
      return change(cluster, { autoencoders: { ...cluster.training.spec.autoencoders, maxParallel: 1 + Math.floor(random() * 5) } });
    case 4:
      return cluster.pods.lose('autoencoders');
    case 5:
      // Kueue takes a place away.
      return cluster.suspend(some, true);
    default: {
      const observation = cluster.training.spec.observations[0] ?? 'Edema';
      const times = (cluster.training.spec.rerun?.[0]?.times ?? 0) + 1;
      return change(cluster, { rerun: [{ observation, times }] });
    }
  }
}

function autoencodersOf(cluster: FakeCluster): number {
  return cluster.running.filter(({ metadata }) => metadata.labels?.[chexLabels.stage] === 'autoencoders').length;
}

/** Needs first, never above the limit, no step twice at a time (FakePods throws where two Pods write), and a status that stays small. */
function demandInvariants(cluster: FakeCluster, { before, limit }: { before: number; limit: number }): void {
  const running = cluster.running.map(({ metadata }) => `${metadata.labels?.[chexLabels.stage]}/${metadata.labels?.[chexLabels.observation] ?? ''}`);
  assert.equal(new Set(running).size, running.length, `a step has two Jobs: ${running.join(', ')}`);
  const autoencoders = autoencodersOf(cluster);
  assert.ok(autoencoders <= Math.max(limit, before), `${autoencoders} autoencoders run, ${limit} may`);
  const stages = new Map<string, StepState>(cluster.training.status?.stages.map(({ stage, state }) => [stage, state]));
  if (autoencoders > 0) assert.equal(stages.get('preprocess'), 'succeeded');
  if (running.includes('preprocess/')) assert.equal(stages.get('catalog'), 'succeeded');
  if (running.includes('combined/')) assert.equal(autoencoders, 0);
  assert.ok(JSON.stringify(cluster.training.status ?? null).length < 100 * 1024);
}

type Status = FakeCluster['training']['status'];

/** What is done stays done but by a rerun, which has another digest; numbers of runs and attempts never fall. */
function demandMemory(before: Status, after: Status): void {
  const entries = (status: Status): readonly (StageStatus | ObservationStatus)[] => [...(status?.stages ?? []), ...(status?.observations ?? [])];
  entries(before).forEach((old, index) => {
    const now = entries(after)[index];
    assert.ok(now !== undefined && now.run >= old.run, 'a run is forgotten');
    if (old.state === 'succeeded' && old.digest !== undefined && now.digest === old.digest) assert.deepEqual([now.state, now.run, now.result], ['succeeded', old.run, old.result], 'work is done twice');
  });
}

/** A second pass at the same moment changes nothing, unless a result has just become usable or a Job was just seen. */
async function demandRest(cluster: FakeCluster): Promise<void> {
  for (let again = 0; again < 5; again += 1) {
    const { writes } = cluster;
    await pass(cluster);
    if (cluster.writes === writes) return;
  }
  assert.fail('passes at the same moment never come to rest');
}

function demandEnd(cluster: FakeCluster): void {
  const { status } = cluster.training;
  assert.equal(isTrue(status, 'Succeeded'), !isTrue(status, 'Failed'));
  assert.equal(cluster.running.length, 0);
  assert.ok([...(status?.observations ?? [])].every(({ state }) => ['succeeded', 'failed', 'skipped', 'ready', 'waiting'].includes(state)));
}
