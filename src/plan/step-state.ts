import { chexAnnotations, chexLabels, jobNameLabel } from '../api/labels.ts';
import type { Pod, SeenJob } from '../api/kubernetes.ts';
import type { StepRecord, StepState } from '../api/status.ts';
import type { Observed } from './decide.ts';
import { stallFailure } from './hindrance.ts';
import type { Movement } from './movement.ts';
import { mostStalls, movementOf } from './movement.ts';
import type { Failure, Outcome, PlannedStep } from './plan.ts';
import { failureOf, resultIn } from './pod-result.ts';
import type { StepResult } from './result.ts';

/** A step with what is remembered and seen of it. */
export interface StepView {
  readonly planned: PlannedStep;
  readonly record: StepRecord;
  /** Before anything is started or stopped in this pass. */
  readonly state: StepState;
  /** The Job of the present run, if it is there or about to be. */
  readonly job: SeenJob | null;
  /** Pods of that Job; those that may still write where it is gone. */
  readonly pods: readonly Pod[];
  /** Pods of the recorded Job that ended and are gone: only their time and end count. */
  readonly removed: readonly Pod[];
  /** The recorded Job was never seen: its creation is to be repeated. */
  readonly isPending: boolean;
  /** A Job that bears the name of the recorded one and belongs to somebody else. */
  readonly foreign?: SeenJob;
  readonly movement: Movement;
  /** Jobs that may still write and are not of the present run: they must go first. */
  readonly strays: readonly SeenJob[];
  readonly result?: StepResult;
  /** Whether that result was found, not made, by the last run. */
  readonly found?: boolean;
  readonly failure?: Failure;
}

const untouched: StepRecord = { state: 'waiting', run: 0, attempts: 0, seconds: 0 };

/**
 * waiting -> ready -> (queued) -> active -> stopping -> succeeded | failed | skipped, from the record, the Jobs and their Pods.
 * A recorded end that belongs to the present digest is final, whatever became of its Job.
 */
export function viewStep(planned: PlannedStep, observed: Observed, progressDeadlineSeconds: number): StepView {
  const record = observed.records.get(planned.key) ?? untouched;
  const jobs = observed.jobs.filter((job) => job.metadata.name === record.job?.name || isJobOf(job, planned));
  const present = jobs.find(({ metadata }) => metadata.name === record.job?.name && metadata.annotations?.[chexAnnotations.digest] === planned.draft?.digest) ?? null;
  const strays = jobs.filter((job) => !isFinished(job) && (job !== present || job.metadata.deletionTimestamp !== undefined));
  const pods = present === null ? lingeringPods(record, observed) : observed.pods.filter((pod) => isControlledBy(pod, present));
  const isSame = record.digest === planned.draft?.digest;
  const movement = isSame && present !== null && !isFinished(present) ? movementOf({ job: present, pods, record }, observed, progressDeadlineSeconds) : restOf(record, isSame);
  const removed = observed.removed.filter(({ metadata }) => metadata.labels?.[jobNameLabel] === record.job?.name && record.job !== undefined && !pods.some((pod) => pod.metadata.uid === metadata.uid));
  const view = { planned, record, job: present, pods, removed, isPending: false, strays, movement };
  if (planned.skipped !== undefined) return { ...view, state: 'skipped' };
  if (planned.outcome !== null) return { ...view, ...endOf(planned.outcome), found: record.found === true };
  if (strays.length > 0 || (present === null && pods.length > 0)) return { ...view, state: 'stopping' };
  if (planned.draft === null) return { ...view, state: 'waiting' };
  if (present === null) {
    const isPending = record.job !== undefined && record.job.uid === undefined && isSame;
    const foreign = isPending ? observed.foreign.find(({ metadata }) => metadata.name === record.job?.name) : undefined;
    if (foreign !== undefined) return { ...view, state: 'ready', foreign };
    if (!isPending && movement.stall !== undefined && movement.stall.times >= mostStalls) return { ...view, state: 'failed', failure: { message: stallFailure(movement.stall) } };
    return { ...view, state: isPending ? 'active' : 'ready', isPending };
  }
  return { ...view, ...stateOfJob(present, pods) };
}

export function isFinished({ status }: SeenJob): boolean {
  return status?.conditions?.some(({ type, status: truth }) => truth === 'True' && (type === 'Complete' || type === 'Failed')) ?? false;
}

/** Anybody may name our Job as an owner; its Pods are those that it controls. */
export function isControlledBy({ metadata }: Pod, job: SeenJob): boolean {
  return metadata.ownerReferences?.some(({ controller, uid }) => controller === true && uid === job.metadata.uid) ?? false;
}

/** A Job may be gone before its Pods: so kubectl removes it. */
function lingeringPods({ job }: StepRecord, { pods }: Observed): Pod[] {
  if (job === undefined) return [];
  return pods.filter(({ metadata, status: { phase } }) => metadata.labels?.[jobNameLabel] === job.name && phase !== 'Succeeded' && phase !== 'Failed');
}

/** Of a step that does nothing: how often it stood still, as long as it is the same step. */
function restOf({ stall }: StepRecord, isSame: boolean): Movement {
  return { ...(isSame && stall !== undefined ? { stall } : {}), hasStalled: false };
}

function endOf(outcome: Outcome): Pick<StepView, 'state' | 'result' | 'failure'> {
  return outcome.state === 'succeeded' ? { state: 'succeeded', result: outcome.result } : { state: 'failed', failure: outcome };
}

function stateOfJob(job: SeenJob, pods: readonly Pod[]): Pick<StepView, 'state' | 'result' | 'found' | 'failure' | 'job'> {
  const condition = job.status?.conditions?.find(({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'));
  if (condition === undefined) return { state: job.spec.suspend === true ? 'queued' : 'active', job };
  if (condition.type === 'Failed') return { state: 'failed', failure: failureOf(condition, pods), job };
  const found = resultIn(pods);
  switch (found.kind) {
    case 'result':
      return { state: 'succeeded', result: found.result, found: found.found, job };
    case 'unreadable':
      return { state: 'failed', failure: { message: found.message }, job };
    case 'lost':
      // The next run gets it again: its worker answers from done.json at once.
      return { state: 'ready', job: null };
  }
}

function isJobOf({ metadata }: SeenJob, { stage, observation }: PlannedStep): boolean {
  return metadata.labels?.[chexLabels.stage] === stage && metadata.labels[chexLabels.observation] === observation;
}
