import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Job, Pod } from '../../src/api/kubernetes.ts';
import { completionIndexAnnotation } from '../../src/api/labels.ts';
import { observations } from '../../src/api/observations.ts';
import type { TrainingStatus } from '../../src/api/status.ts';
import type { ChexTraining } from '../../src/api/training.ts';
import type { Decision, Observed } from '../../src/plan/decide.ts';
import { decide } from '../../src/plan/decide.ts';
import { planTraining } from '../../src/plan/plan.ts';
import { recordedOutcomes, recordsIn } from '../../src/plan/records.ts';
import { aTraining, someSettings } from '../builders.ts';
import { aCatalogResult, aPreprocessResult } from '../results.ts';

const most = 100 * 1024;
const start = Date.parse('2026-01-01T00:00:00Z');
const words = (count: number) => 'every word of a worker that has much to say '.repeat(20).slice(0, count);

/** As long a name, message and reason as there can be. */
function aPod(job: Job, { index, exitCode, isDisrupted = false, message = words(4000) }: { index: number; exitCode: number; isDisrupted?: boolean; message?: string }): Pod {
  const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: job.metadata.name, uid: job.metadata.uid ?? '', controller: true }];
  const terminated = { exitCode, message, reason: 'ContainerCannotRun', startedAt: at(index), finishedAt: at(index + 12_345.6) };
  const conditions = isDisrupted ? [{ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager' }] : [];
  return {
    metadata: { name: `${job.metadata.name}-${index}-x2k9p`, namespace: 'default', uid: randomUUID(), annotations: { [completionIndexAnnotation]: String(index) }, ownerReferences },
    spec: { nodeName: words(60) },
    status: { phase: exitCode === 0 ? 'Succeeded' : 'Failed', startTime: at(index), conditions, containerStatuses: [{ name: 'worker', state: { terminated } }] },
  };
}

function bytesOf(status: TrainingStatus): number {
  return Buffer.byteLength(JSON.stringify(status));
}

/** Decides over and over, with the status that was written; Jobs get a uid as they are created. */
class Life {
  training: ChexTraining = aTraining({ preprocess: { shards: 256 } }, { name: 'a'.repeat(40) });
  jobs: Job[] = [];
  pods: Pod[] = [];
  largest = 0;

  pass(): Decision {
    const plan = planTraining({ training: this.training, settings: someSettings(), results: recordedOutcomes(this.training.status) });
    const observed: Observed = { now: start + 50_000_000, status: this.training.status ?? null, records: recordsIn(this.training.status), jobs: this.jobs, pods: this.pods, removed: [], refusals: new Map(), nodes: new Map(), openCost: new Map(), progress: new Map(), warnings: new Map(), foreign: [] };
    const decision = decide(plan, observed);
    this.training = { ...this.training, status: decision.status };
    this.jobs = [...this.jobs, ...decision.create.map((job) => ({ ...job, metadata: { ...job.metadata, uid: randomUUID() } }))];
    this.largest = Math.max(this.largest, bytesOf(decision.status));
    return decision;
  }

  end(job: Job, type: 'Complete' | 'Failed'): void {
    const status = { conditions: [{ type, status: 'True' as const, lastTransitionTime: new Date(start + 50_000_000).toISOString(), message: words(500) }] };
    this.jobs = this.jobs.map((one) => (one === job ? { ...one, status } : one));
  }
}

test('a status stays below 100 KiB with 512 shards of three failures each, and 14 autoencoders with 50 disruptions each', () => {
  const life = new Life();
  life.pass();
  const [catalog] = life.jobs;
  assert.ok(catalog);
  const counted = { ...aCatalogResult(), shards: { train: 256, valid: 256 }, rejected: { count: 9, reasons: Array.from({ length: 5 }, () => words(200)) } };
  life.pods = [aPod(catalog, { index: 0, exitCode: 0, message: JSON.stringify(counted) })];
  life.end(catalog, 'Complete');
  for (let times = 0; times < 3; times += 1) life.pass();
  const preprocess = life.jobs[1];
  assert.equal(preprocess?.spec.completions, 512);
  const shards = Array.from({ length: 512 }, (_, index) => index);
  life.pods = shards.flatMap((index) => [1, 1, 1, 0].map((exitCode) => aPod(preprocess, { index, exitCode, ...(exitCode === 0 ? { message: 'null' } : {}) })));
  life.pass();
  assert.equal(life.training.status?.stages[1]?.pods?.length, 2048);
  life.pods.push(aPod(preprocess, { index: 511, exitCode: 0, message: JSON.stringify({ ...aPreprocessResult(), rejected: { count: 9, reasons: Array.from({ length: 5 }, () => words(200)) } }) }));
  life.end(preprocess, 'Complete');
  for (let times = 0; times < 3; times += 1) life.pass();
  const autoencoders = life.jobs.slice(2);
  assert.equal(autoencoders.length, observations.length);
  life.pods = autoencoders.flatMap((job) => Array.from({ length: 51 }, (_, index) => aPod(job, { index, exitCode: 137, isDisrupted: index > 0 })));
  life.pass();
  assert.equal(life.training.status?.observations[0]?.disruptions, 50);
  for (const job of autoencoders) life.end(job, 'Failed');
  const { isOver } = life.pass();
  assert.ok(isOver);
  assert.ok(life.largest > 40 * 1024 && life.largest < most, `${life.largest} bytes`);
});
