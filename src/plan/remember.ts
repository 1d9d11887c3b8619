import type { Job } from '../api/kubernetes.ts';
import type { CountedPod, StepRecord } from '../api/status.ts';
import { countPods } from './count-pods.ts';
import type { Observed } from './decide.ts';
import type { Plan } from './plan.ts';
import { shorten } from './pod-result.ts';
import { progressOf, progressOfResult } from './step-progress.ts';
import type { StepView } from './step-state.ts';
import type { Verdict } from './verdict.ts';
import { pendingReason, waitReason } from './wait-reason.ts';

/** What this pass does with a step. */
export type Action = { readonly kind: 'keep' | 'stop' } | { readonly kind: 'start'; readonly job: Job; readonly run: number };

export interface Remembering {
  readonly plan: Plan;
  readonly observed: Observed;
  readonly verdict: Verdict;
  readonly action: Action;
}

/** The record of a step after this pass: rebuilt from what is seen, with the sums of what is gone. */
export function remember(view: StepView, { plan, observed, verdict, action }: Remembering): StepRecord {
  const { record, planned } = view;
  const counted = countPods(record, view.pods, observed.now);
  const digest = planned.draft === null ? {} : { digest: planned.draft.digest };
  const present = { run: record.run, ...digest, ...counted };
  if (action.kind === 'start') return { state: 'active', ...present, run: action.run, job: { name: action.job.metadata.name } };
  if (action.kind === 'stop') {
    // A Job that was never created has nothing to stop; its number is used up.
    if (view.isPending) return { state: 'ready', ...present, message: waitReason(plan, view, verdict) };
    return { state: 'stopping', ...present, ...jobOf(view), message: waitReason(plan, { ...view, state: 'stopping' }, verdict) };
  }
  switch (view.state) {
    case 'succeeded':
      return { state: 'succeeded', ...present, ...jobOf(view), ...succeeded(view) };
    case 'failed':
      return { state: 'failed', ...present, ...jobOf(view), ...lastKnown(record), ...failed(view) };
    case 'skipped':
      return { state: 'skipped', ...present, message: shorten(planned.skipped ?? '') };
    case 'active':
      return { state: 'active', ...present, ...jobOf(view), ...shownOf(view, { observed, counted: counted.pods ?? [] }) };
    case 'stopping':
      return { state: 'stopping', ...present, ...jobOf(view), ...lastKnown(record), message: waitReason(plan, view, verdict) };
    case 'waiting':
    case 'ready':
      return { state: view.state, ...present, ...lastKnown(record), message: waitReason(plan, view, verdict) };
  }
}

function shownOf({ job, pods, record }: StepView, { observed, counted }: { observed: Observed; counted: readonly CountedPod[] }): Partial<StepRecord> {
  if (job === null) return {};
  const shown = progressOf(job, { pods, answers: observed.progress, record, counted });
  const reason = pendingReason(pods, observed.warnings.get(job.metadata.uid ?? '')) ?? shown.message;
  const { message: _message, ...rest } = shown;
  return { ...rest, ...(reason === undefined ? {} : { message: shorten(reason) }) };
}

/** How far an earlier run came: it goes on from its checkpoint. */
function lastKnown({ state, progress, epoch, epochs, loss }: StepRecord): Partial<StepRecord> {
  if (state === 'succeeded' || state === 'skipped') return {};
  return {
    ...(progress === undefined ? {} : { progress }),
    ...(epoch === undefined ? {} : { epoch }),
    ...(epochs === undefined ? {} : { epochs }),
    ...(loss === undefined ? {} : { loss }),
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
