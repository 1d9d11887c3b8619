import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job, JobSpec, Pod } from '../../src/api/kubernetes.ts';
import { completionIndexAnnotation } from '../../src/api/labels.ts';
import { clusterBackoff, jobController } from '../../src/local/job-controller.ts';

const now = Date.parse('2026-01-01T00:10:00Z');
const rules: JobSpec['podFailurePolicy']['rules'] = [
  { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  { action: 'FailJob', onExitCodes: { operator: 'In', values: [64, 65, 66, 78] } },
];

function aJob(spec: Partial<JobSpec> = {}, metadata: Partial<Job['metadata']> = {}): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'job', namespace: 'default', ...metadata },
    spec: {
      completionMode: 'NonIndexed',
      completions: 1,
      parallelism: 1,
      backoffLimit: 3,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: { rules },
      // The controller looks at none of it.
      template: {} as JobSpec['template'],
      ...spec,
    },
  };
}

const indexed = { completionMode: 'Indexed', completions: 5, parallelism: 2, backoffLimitPerIndex: 1, maxFailedIndexes: 0 } as const;
function anIndexedJob(spec: Partial<JobSpec> = {}): Job {
  const { backoffLimit: _limit, ...rest } = aJob(indexed).spec;
  return { ...aJob(), spec: { ...rest, ...spec } };
}

/** A Pod that runs, or ended with an exit code so many seconds ago. */
function aPod({ code, ago = 1000, index = 0, isDisrupted = false }: { code?: number; ago?: number; index?: number; isDisrupted?: boolean } = {}): Pod {
  const terminated = code === undefined ? undefined : { exitCode: code, finishedAt: new Date(now - ago * 1000).toISOString() };
  return {
    metadata: { name: 'pod', namespace: 'default', annotations: { [completionIndexAnnotation]: String(index) } },
    status: {
      phase: code === undefined ? 'Running' : code === 0 ? 'Succeeded' : 'Failed',
      ...(isDisrupted ? { conditions: [{ type: 'DisruptionTarget', status: 'True' }] } : {}),
      ...(terminated ? { containerStatuses: [{ name: 'worker', state: { terminated } }] } : {}),
    },
  };
}

const control = (job: Job, pods: readonly Pod[]) => jobController(job, pods, { now, backoff: clusterBackoff });
const endOf = (job: Job, pods: readonly Pod[]) => control(job, pods).status.conditions?.find(({ type }) => type === 'Failed' || type === 'Complete');
const times = (count: number, pod: Pod) => Array.from({ length: count }, () => pod);

for (const { name, job, pods, start } of [
  { name: 'the first Pod', job: aJob(), pods: [], start: [0] },
  { name: 'none beside a running one', job: aJob(), pods: [aPod()], start: [] },
  { name: 'another after a failure and its wait', job: aJob(), pods: [aPod({ code: 1, ago: 11 })], start: [0] },
  { name: 'none while it waits after a failure', job: aJob(), pods: [aPod({ code: 1, ago: 9 })], start: [] },
  { name: 'none while it waits twice as long after a second', job: aJob(), pods: [aPod({ code: 1, ago: 60 }), aPod({ code: 1, ago: 19 })], start: [] },
  { name: 'another after a disruption and the shortest wait', job: aJob(), pods: times(3, aPod({ code: 143, ago: 11, isDisrupted: true })), start: [0] },
  { name: 'none at once after a disruption', job: aJob(), pods: [aPod({ code: 143, ago: 9, isDisrupted: true })], start: [] },
  { name: 'another after ever so many disruptions', job: aJob(), pods: times(50, aPod({ code: 143, isDisrupted: true })), start: [0] },
  { name: 'as many indexes as parallelism', job: anIndexedJob(), pods: [], start: [0, 1] },
  { name: 'the next open index into the free place', job: anIndexedJob(), pods: [aPod({ code: 0 }), aPod({ index: 1 })], start: [2] },
  { name: 'none when all indexes are done or running', job: anIndexedJob(), pods: [0, 1, 2, 3].map((index) => aPod({ code: 0, index })).concat(aPod({ index: 4 })), start: [] },
  { name: 'none of a Job that is being removed', job: aJob({}, { deletionTimestamp: 'now' }), pods: [], start: [] },
]) {
  test(`jobController() starts ${name}`, () => assert.deepEqual(control(job, pods).start, start));
}

for (const { name, job, pods, end } of [
  { name: 'completes when its Pod succeeded', job: aJob(), pods: [aPod({ code: 1 }), aPod({ code: 0 })], end: ['Complete', 'CompletionsReached'] },
  { name: 'fails at once on an exit code that is not retried', job: aJob(), pods: [aPod({ code: 65 })], end: ['Failed', 'PodFailurePolicy'] },
  { name: 'does not fail on that exit code of a disrupted Pod', job: aJob(), pods: [aPod({ code: 78, isDisrupted: true })], end: undefined },
  { name: 'lives through as many failures as the limit', job: aJob(), pods: times(3, aPod({ code: 1 })), end: undefined },
  { name: 'fails when the limit is passed', job: aJob(), pods: times(4, aPod({ code: 137 })), end: ['Failed', 'BackoffLimitExceeded'] },
  { name: 'counts failures of each index apart', job: anIndexedJob(), pods: [0, 1, 2, 3, 4].map((index) => aPod({ code: 1, index })), end: undefined },
  { name: 'fails when one index failed too often', job: anIndexedJob(), pods: times(2, aPod({ code: 1, index: 3 })), end: ['Failed', 'MaxFailedIndexesExceeded'] },
  { name: 'makes all other indexes first where failed ones are allowed', job: anIndexedJob({ maxFailedIndexes: 2 }), pods: times(2, aPod({ code: 1, index: 3 })), end: undefined },
  { name: 'fails in the end where failed indexes were allowed', job: anIndexedJob({ maxFailedIndexes: 2 }), pods: [...times(2, aPod({ code: 1, index: 3 })), ...[0, 1, 2, 4].map((index) => aPod({ code: 0, index }))], end: ['Failed', 'FailedIndexes'] },
  { name: 'does not end while a Pod still writes', job: anIndexedJob(), pods: [...times(2, aPod({ code: 1, index: 3 })), aPod({ index: 0 })], end: undefined },
]) {
  test(`jobController() ${name}`, () => {
    const condition = endOf(job, pods);
    assert.deepEqual(condition && [condition.type, condition.reason], end);
  });
}

test('jobController() stops what runs when the Job fails or is removed', () => {
  const running = aPod({ index: 0 });
  assert.deepEqual(control(anIndexedJob(), [...times(2, aPod({ code: 1, index: 3 })), running]).stop, [running]);
  assert.deepEqual(control(aJob({}, { deletionTimestamp: 'now' }), [running]).stop, [running]);
  assert.deepEqual(control(aJob(), [running]).stop, []);
});

test('jobController() names finished indexes as ranges and says when to look again', () => {
  const pods = [0, 2, 3, 4].map((index) => aPod({ code: 0, index }));
  const { status, retryAt } = control(anIndexedJob(), [...pods, aPod({ code: 1, index: 1, ago: 4 })]);
  assert.deepEqual([status.completedIndexes, status.succeeded, status.failed], ['0,2-4', 4, 1]);
  assert.equal(retryAt, now + 6000);
});

test('jobController() never takes back an end', () => {
  const finished: Job = { ...aJob(), status: { conditions: [{ type: 'Complete', status: 'True' }] } };
  assert.deepEqual(control(finished, []), { status: finished.status, start: [], stop: [], retryAt: null });
});
