/** Random lives of a training on the fake cluster: whatever happens, the invariants hold in every pass and it ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observations } from '../../src/api/observations.ts';
import type { StepState } from '../../src/api/status.ts';
import type { ChexTraining } from '../../src/api/training.ts';
import { chexLabels } from '../../src/api/labels.ts';
import { aTraining } from '../builders.ts';
import { isTrue, pass } from '../fakes/drive.ts';
import type { Script } from '../fakes/fake-cluster.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';

const lives = 15;
const mostPasses = 1500;

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
  const script: Script = ({ name }) => {
    const isFlaky = name !== 'catalog' && chance(0.15);
    return { seconds: 5 + Math.floor(random() * 200), ...(isFlaky ? { exitCode: chance(0.15) ? 65 : 1, message: 'bad luck' } : chance(0.05) ? { message: '' } : {}) };
  };
  const training = aTraining({
    observations: observations.slice(0, 4 + Math.floor(random() * 4)),
    autoencoders: { maxParallel: 1 + Math.floor(random() * 4), ...(chance(0.5) ? { minSucceeded: 2 } : {}) },
  });
  const cluster = new FakeCluster(training, script);
  let faults = 25;
  for (let passes = 0; passes < mostPasses; passes += 1) {
    const before = cluster.running.length;
    const limit = cluster.training.spec.autoencoders.maxParallel ?? 14;
    const { decision } = await pass(cluster);
    demandInvariants(cluster, { before, limit });
    await demandRest(cluster);
    if (decision.isOver) return demandEnd(cluster);
    if (faults > 0 && chance(0.2)) {
      faults -= 1;
      disturb(cluster, random);
    } else if (faults === 0 || chance(0.3)) {
      cluster.training = withSpec(cluster.training, { suspend: false });
    }
    cluster.advance(decision.requeueAfterSeconds ?? 60);
  }
  assert.fail(`life ${seed} does not end: ${cluster.training.status?.message}`);
}

function disturb(cluster: FakeCluster, random: () => number): void {
  const { running } = cluster;
  switch (Math.floor(random() * 5)) {
    case 0:
      return cluster.disrupt('autoencoders');
    case 1: {
      const job = running[Math.floor(random() * running.length)];
      return job && cluster.vanish(job.metadata.name);
    }
    case 2:
      cluster.training = withSpec(cluster.training, { suspend: true });
      return;
    case 3: {
      const { autoencoders } = cluster.training.spec;
      cluster.training = withSpec(cluster.training, { autoencoders: { ...autoencoders, maxParallel: 1 + Math.floor(random() * 5) } });
      return;
    }
    default: {
      const observation = cluster.training.spec.observations[0] ?? 'Edema';
      const times = (cluster.training.spec.rerun?.[0]?.times ?? 0) + 1;
      cluster.training = withSpec(cluster.training, { rerun: [{ observation, times }] });
    }
  }
}

function withSpec(training: ChexTraining, spec: Partial<ChexTraining['spec']>): ChexTraining {
  return { ...training, metadata: { ...training.metadata, generation: training.metadata.generation + 1 }, spec: { ...training.spec, ...spec } };
}

/** Needs first, never above the limit, no step twice at a time, and a status that stays small. */
function demandInvariants(cluster: FakeCluster, { before, limit }: { before: number; limit: number }): void {
  const running = cluster.running.map(({ metadata }) => `${metadata.labels?.[chexLabels.stage]}/${metadata.labels?.[chexLabels.observation] ?? ''}`);
  assert.equal(new Set(running).size, running.length, `a step runs twice: ${running.join(', ')}`);
  const autoencoders = running.filter((name) => name.startsWith('autoencoders/')).length;
  assert.ok(autoencoders <= Math.max(limit, before), `${autoencoders} autoencoders run, ${limit} may`);
  const stages = new Map<string, StepState>(cluster.training.status?.stages.map(({ stage, state }) => [stage, state]));
  if (autoencoders > 0) assert.equal(stages.get('preprocess'), 'succeeded');
  if (running.includes('preprocess/')) assert.equal(stages.get('catalog'), 'succeeded');
  if (running.includes('combined/')) assert.equal(autoencoders, 0);
  assert.ok(JSON.stringify(cluster.training.status).length < 100 * 1024);
}

/** A second pass at the same moment changes nothing, unless a result has just become usable or a Job was just seen. */
async function demandRest(cluster: FakeCluster): Promise<void> {
  for (let again = 0; again < 4; again += 1) {
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
  assert.ok([...(status?.observations ?? [])].every(({ state }) => state !== 'active' && state !== 'stopping'));
}
