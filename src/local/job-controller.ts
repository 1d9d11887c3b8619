/**
 * local/ is the cluster on one machine: a Job is a child process, and this file is its Job controller. It also serves
 * the fake cluster of the tests, so it keeps to the rules of batch/v1.
 */
import type { Job, JobCondition, JobStatus, Pod, PodFailureRule } from '../api/kubernetes.ts';
import { completionIndexAnnotation } from '../api/labels.ts';

export interface JobControl {
  readonly status: JobStatus;
  /** Completion indexes of the Pods to start now, 0 where the Job is not Indexed. */
  readonly start: readonly number[];
  readonly stop: readonly Pod[];
  /** When a Pod may be started that has to wait after a failure, milliseconds since 1970. */
  readonly retryAt: number | null;
}

/** Wait after the n-th failure: `firstSeconds` x 2^(n-1), at most `mostSeconds`. */
export interface Backoff {
  readonly firstSeconds: number;
  readonly mostSeconds: number;
}

/** Kubernetes' own. */
export const clusterBackoff: Backoff = { firstSeconds: 10, mostSeconds: 360 };

interface Index {
  readonly index: number;
  readonly isDone: boolean;
  readonly running: readonly Pod[];
  /** Failed Pods, those that were disrupted too. */
  readonly failed: readonly Pod[];
  /** Those of them that count. */
  readonly failures: readonly Pod[];
  readonly isLost: boolean;
}

/** What a Job asks for now, from its Pods: a pure function, called again whenever a Pod changed. `now` in milliseconds. */
export function jobController(job: Job, pods: readonly Pod[], { now, backoff }: { now: number; backoff: Backoff }): JobControl {
  const running = pods.filter(({ status }) => status.phase === 'Pending' || status.phase === 'Running');
  if (endOf(job.status)) return { status: job.status ?? {}, start: [], stop: running, retryAt: null };
  const indexes = Array.from({ length: job.spec.completions }, (_, index) => judgeIndex(job, index, pods));
  const failure = failureOf(job, indexes, pods);
  const isDone = indexes.every((index) => index.isDone);
  const conditions = [...conditionsOf({ failure, isDone, isStill: running.length === 0, now })];
  const status = statusOf(job, { indexes, pods, running, conditions, now });
  if (job.metadata.deletionTimestamp !== undefined || failure !== null) return { status, start: [], stop: running, retryAt: null };
  const open = indexes.filter((index) => !index.isDone && !index.isLost && index.running.length === 0);
  const places = Math.max(0, job.spec.parallelism - running.length);
  const due = open.filter((index) => retryTime(index, backoff) <= now);
  const later = open.filter((index) => !due.includes(index)).map((index) => retryTime(index, backoff));
  return { status, start: due.slice(0, places).map(({ index }) => index), stop: [], retryAt: later.length > 0 ? Math.min(...later) : null };
}

export function indexOf(pod: Pod): number {
  return Number(pod.metadata.annotations?.[completionIndexAnnotation] ?? 0);
}

function judgeIndex(job: Job, index: number, pods: readonly Pod[]): Index {
  const own = pods.filter((pod) => indexOf(pod) === index);
  const failed = own.filter(({ status }) => status.phase === 'Failed');
  const failures = failed.filter((pod) => actionOn(job, pod) !== 'Ignore');
  return {
    index,
    isDone: own.some(({ status }) => status.phase === 'Succeeded'),
    running: own.filter(({ status }) => status.phase === 'Pending' || status.phase === 'Running'),
    failed,
    failures,
    isLost: failed.some((pod) => actionOn(job, pod) === 'FailIndex') || failures.length > (job.spec.backoffLimitPerIndex ?? Infinity),
  };
}

/** The first rule that matches decides. */
function actionOn({ spec }: Job, pod: Pod): PodFailureRule['action'] {
  return spec.podFailurePolicy.rules.find((rule) => isMatch(rule, pod))?.action ?? 'Count';
}

function isMatch({ onExitCodes, onPodConditions }: PodFailureRule, { status }: Pod): boolean {
  if (onPodConditions) return onPodConditions.some((wanted) => status.conditions?.some(({ type, status: truth }) => type === wanted.type && truth === wanted.status));
  const codes = status.containerStatuses?.flatMap(({ state }) => state?.terminated?.exitCode ?? []) ?? [];
  return codes.some((code) => code !== 0 && onExitCodes?.values.includes(code) === (onExitCodes?.operator === 'In'));
}

function failureOf(job: Job, indexes: readonly Index[], pods: readonly Pod[]): { reason: string; message: string } | null {
  const fatal = pods.find((pod) => pod.status.phase === 'Failed' && actionOn(job, pod) === 'FailJob');
  if (fatal) return { reason: 'PodFailurePolicy', message: `Pod ${fatal.metadata.name} failed with an exit code that is not retried` };
  const lost = indexes.filter(({ isLost }) => isLost);
  if (job.spec.maxFailedIndexes !== undefined && lost.length > job.spec.maxFailedIndexes) {
    return { reason: 'MaxFailedIndexesExceeded', message: `Index ${lost.map(({ index }) => index).join(', ')} failed too often` };
  }
  if (lost.length > 0 && indexes.every(({ isDone, isLost }) => isDone || isLost)) return { reason: 'FailedIndexes', message: `${lost.length} indexes failed` };
  const failures = indexes.reduce((sum, index) => sum + index.failures.length, 0);
  const limit = job.spec.backoffLimit ?? (job.spec.backoffLimitPerIndex === undefined ? 6 : Infinity);
  return failures > limit ? { reason: 'BackoffLimitExceeded', message: `Failed ${failures} times, ${limit} retries are allowed` } : null;
}

/** The end is told early, and made final when no Pod writes any more. */
function* conditionsOf({ failure, isDone, isStill, now }: { failure: { reason: string; message: string } | null; isDone: boolean; isStill: boolean; now: number }): Generator<JobCondition> {
  const lastTransitionTime = new Date(now).toISOString();
  if (failure) {
    yield { type: 'FailureTarget', status: 'True', ...failure, lastTransitionTime };
    if (isStill) yield { type: 'Failed', status: 'True', ...failure, lastTransitionTime };
  } else if (isDone) {
    const reached = { status: 'True' as const, reason: 'CompletionsReached', lastTransitionTime };
    yield { type: 'SuccessCriteriaMet', ...reached };
    if (isStill) yield { type: 'Complete', ...reached };
  }
}

function statusOf(job: Job, seen: { indexes: readonly Index[]; pods: readonly Pod[]; running: readonly Pod[]; conditions: readonly JobCondition[]; now: number }): JobStatus {
  const { indexes, pods, running, conditions, now } = seen;
  const done = indexes.filter(({ isDone }) => isDone).map(({ index }) => index);
  const lost = indexes.filter(({ isLost }) => isLost).map(({ index }) => index);
  const isIndexed = job.spec.completionMode === 'Indexed';
  return {
    startTime: job.status?.startTime ?? new Date(now).toISOString(),
    active: running.length,
    succeeded: done.length,
    failed: pods.filter(({ status }) => status.phase === 'Failed').length,
    ...(isIndexed ? { completedIndexes: ranges(done), failedIndexes: ranges(lost) } : {}),
    ...(conditions.length > 0 ? { conditions } : {}),
    ...(conditions.some(({ type }) => type === 'Complete') ? { completionTime: new Date(now).toISOString() } : {}),
  };
}

function endOf(status: JobStatus | undefined): boolean {
  return status?.conditions?.some(({ type, status: truth }) => truth === 'True' && (type === 'Complete' || type === 'Failed')) ?? false;
}

/** A disrupted Pod waits as after the first failure: whatever ends it at once must not start it without end. */
function retryTime({ failed, failures }: Index, { firstSeconds, mostSeconds }: Backoff): number {
  if (failed.length === 0) return 0;
  const ends = failed.flatMap(({ status }) => status.containerStatuses?.map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? '')) ?? []).filter(Number.isFinite);
  return Math.max(0, ...ends) + Math.min(mostSeconds, firstSeconds * 2 ** Math.max(0, failures.length - 1)) * 1000;
}

/** `1,3-5,7`. */
function ranges(sorted: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const value of sorted) {
    const last = parts.at(-1);
    if (last && last[1] === value - 1) last[1] = value;
    else parts.push([value, value]);
  }
  return parts.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
