import type { Job } from '../api/kubernetes.ts';
import type { StepRecord } from '../api/status.ts';
import type { Counts } from './count-pods.ts';
import type { Observed } from './decide.ts';
import type { Hindrance } from './hindrance.ts';
import { lastAttempts } from './last-attempts.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { shorten } from './pod-result.ts';
import { progressOf, progressOfResult } from './step-progress.ts';
import type { StepView } from './step-state.ts';
import type { Verdict } from './verdict.ts';
import { pendingReason, stoppingReason, waitReason } from './wait-reason.ts';

/** What this pass does with a step. */
export type Action = { readonly kind: 'keep' | 'stop' } | { readonly kind: 'start'; readonly job: Job; readonly run: number };

export interface Remembering {
  readonly plan: Plan;
  readonly observed: Observed;
  readonly verdict: Verdict;
  /** The sums of the step after this pass. */
  readonly counts: Counts;
  readonly action: Action;
  readonly hindrance: Hindrance | null;
  /** Steps whose end is seen in this pass or was before. */
  readonly over: ReadonlySet<PlannedStep['key']>;
}

/** The record of a step after this pass: rebuilt from what is seen, with the sums of what is gone. */
export function remember(view: StepView, { plan, observed, verdict, counts, action, hindrance, over }: Remembering): StepRecord {
  const { record, planned } = view;
  const counted = { ...counts, ...attemptsOf(view) };
  const { stall } = view.movement;
  const digest = planned.draft === null ? {} : { digest: planned.draft.digest };
  const sums = { run: record.run, ...digest, ...counted };
  const present = { ...sums, ...(stall === undefined ? {} : { stall }) };
  const message = shorten(hindrance?.message ?? waitReason(view, { plan, verdict, over }));
  if (action.kind === 'start') return { state: 'active', ...present, run: action.run, job: { name: action.job.metadata.name } };
  if (action.kind === 'stop') {
    // A Job that was never created has nothing to stop; its number is used up.
    if (view.isPending) return { state: 'ready', ...present, message };
    return { state: 'stopping', ...present, ...jobOf(view), ...lastKnown(record), message: shorten(hindrance?.message ?? stoppingReason) };
  }
  switch (view.state) {
    case 'succeeded':
      return { state: 'succeeded', ...final(sums), ...jobOf(view), ...succeeded(view) };
    case 'failed':
      return { state: 'failed', ...final(sums), ...jobOf(view), ...lastKnown(record), ...failed(view) };
    case 'skipped':
      return { state: 'skipped', ...final(sums), message: shorten(planned.skipped ?? '') };
    case 'active':
      return { state: 'active', ...present, ...jobOf(view), ...movedOf(view), ...shownOf(view, { observed, counts, hindrance }) };
    case 'queued':
    case 'stopping':
      return { state: view.state, ...present, ...jobOf(view), ...lastKnown(record), message };
    case 'waiting':
    case 'ready':
      // A Job that somebody else's name keeps from being made is still to be made.
      return { state: view.state, ...present, ...(view.foreign === undefined ? {} : jobOf(view)), ...lastKnown(record), message };
  }
}

/** Of an Indexed Job the Pods are shards, not attempts. */
function attemptsOf({ planned, record, pods, removed }: StepView): Pick<StepRecord, 'lastAttempts'> {
  const last = planned.stage === 'preprocess' ? [] : lastAttempts(record.lastAttempts, planned.outcome === null ? [...pods, ...removed] : []);
  return last.length > 0 ? { lastAttempts: last } : {};
}

/** The sums of a step that is over: its Pods need not be told apart any more. */
function final<T extends Counts>({ pods: _pods, ...sums }: T): Omit<T, 'pods'> {
  return sums;
}

function movedOf({ movement: { progressTime, progressMark } }: StepView): Partial<StepRecord> {
  return { ...(progressTime === undefined ? {} : { progressTime }), ...(progressMark === undefined ? {} : { progressMark }) };
}

function shownOf({ job, pods, record }: StepView, { observed, counts, hindrance }: { observed: Observed; counts: Counts; hindrance: Hindrance | null }): Partial<StepRecord> {
  if (job === null) return {};
  const shown = progressOf(job, { pods, answers: observed.progress, record, counted: counts.pods ?? [], seconds: counts.seconds });
  const reason = (hindrance?.reason === 'NoProgress' ? undefined : hindrance?.message) ?? pendingReason(pods) ?? shown.message;
  const { message: _message, ...rest } = shown;
  return { ...rest, ...(reason === undefined ? {} : { message: shorten(reason) }) };
}

/** How far an earlier run came: it goes on from its checkpoint. */
function lastKnown({ state, progress, epoch, epochs, loss, imagesPerSecond }: StepRecord): Partial<StepRecord> {
  if (state === 'succeeded' || state === 'skipped') return {};
  return {
    ...(progress === undefined ? {} : { progress }),
    ...(epoch === undefined ? {} : { epoch }),
    ...(epochs === undefined ? {} : { epochs }),
    ...(loss === undefined ? {} : { loss }),
    // What is foreseen of a step that was stopped follows from it.
    ...(imagesPerSecond === undefined ? {} : { imagesPerSecond }),
  };
}

function succeeded({ result, found }: StepView): Partial<StepRecord> {
  return { ...(found ? { found } : {}), ...(result ? { result, ...progressOfResult(result) } : {}) };
}

function failed({ failure }: StepView): Partial<StepRecord> {
  return { message: shorten(failure?.message ?? 'unknown'), ...(failure?.exitCode === undefined ? {} : { exitCode: failure.exitCode }) };
}

function jobOf({ job, record }: StepView): Pick<StepRecord, 'job'> {
  const uid = job?.metadata.uid;
  if (job !== null && uid !== undefined) return { job: { name: job.metadata.name, uid } };
  return record.job === undefined ? {} : { job: record.job };
}
