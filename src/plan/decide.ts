import type { Job, Node, Pod, SeenJob } from '../api/kubernetes.ts';
import type { Progress } from '../api/progress.ts';
import type { StepRecord, TrainingStatus } from '../api/status.ts';
import { accountOf, asStep } from './as-step.ts';
import { judgeBudget } from './cost/budget.ts';
import { pricingOf, spendingOf } from './cost/spending.ts';
import { countStep } from './count-step.ts';
import type { TrainingEvent } from './events.ts';
import { eventsBetween } from './events.ts';
import { expiredJobs } from './retention.ts';
import { hindranceOf } from './hindrance.ts';
import { isWorthWriting } from './is-worth-writing.ts';
import { renderJob } from './job.ts';
import type { Plan, StepKey } from './plan.ts';
import type { Action } from './remember.ts';
import { remember } from './remember.ts';
import { selectStarts } from './schedule.ts';
import type { CombinedStep } from './step.ts';
import type { StepView } from './step-state.ts';
import { isFinished, viewStep } from './step-state.ts';
import { summarise } from './summarise.ts';
import type { Verdict } from './verdict.ts';
import { judge } from './verdict.ts';

/** What is there, read once for a pass. */
export interface Observed {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The status as last written; null before the first. */
  readonly status: TrainingStatus | null;
  /** What that status remembers of each step. */
  readonly records: ReadonlyMap<StepKey, StepRecord>;
  readonly jobs: readonly SeenJob[];
  readonly pods: readonly Pod[];
  /** Those that had ended and were removed a moment ago, in their last form: nothing but their time and end is of use. */
  readonly removed: readonly Pod[];
  /** On which Pods run, by name, as far as they can be read. */
  readonly nodes: ReadonlyMap<string, Node>;
  /** What an hour of each node costs by OpenCost, by name; empty where nobody asks it. */
  readonly openCost: ReadonlyMap<string, string>;
  /** Answers of running Pods, by Pod uid. */
  readonly progress: ReadonlyMap<string, Progress>;
  /** What the cluster complains of, by Job uid. */
  readonly warnings: ReadonlyMap<string, string>;
  /** Why the cluster would not make a Job when it was last asked, by its name. */
  readonly refusals: ReadonlyMap<string, string>;
  /** Jobs that bear a name of ours and belong to somebody else. */
  readonly foreign: readonly SeenJob[];
}

/** What is to be done, in this order: write the status, remove, create; then tell. */
export interface Decision {
  /** As computed now. */
  readonly status: TrainingStatus;
  /** Whether it has to be written, or may wait. */
  readonly writeStatus: boolean;
  readonly remove: readonly SeenJob[];
  readonly create: readonly Job[];
  readonly events: readonly TrainingEvent[];
  /** Whether the training is over: at most finished Jobs are left to be cleaned up. */
  readonly isOver: boolean;
  /** When to look again if nothing happens before; null when nothing is left to do. */
  readonly requeueAfterSeconds: number | null;
}

/**
 * A Job that the cluster refuses to make or to remove is tried again after so long: each try writes the status, which
 * wakes the next pass at once, however long the queue would have waited.
 */
const repeatSeconds = 10;

/** One pass: a function of the plan and of what was observed. */
export function decide(plan: Plan, observed: Observed): Decision {
  const { progressDeadlineSeconds } = plan.training.spec.autoencoders;
  const views = plan.steps.map((step) => viewStep(step, observed, progressDeadlineSeconds));
  const pricing = pricingOf({ own: plan.training.spec.prices, openCost: observed.openCost, table: plan.settings.prices }, observed.nodes, observed.status?.cost);
  const counts = views.map((view) => countStep(view, plan, { observed, pricing }));
  const spending = spendingOf(counts, observed.pods, pricing);
  const budget = judgeBudget(plan.training.spec.budget, spending, observed.status?.cost);
  const verdict = judge(plan, views, { budget, previous: observed.status?.conditions ?? [] });
  const starts = selectStarts(plan, views, verdict);
  const mayRepeat = observed.status === null || observed.now - Date.parse(observed.status.updateTime) >= repeatSeconds * 1000;
  const actions = views.map((view) => actionOn(view, { plan, verdict, starts, mayRepeat, account: accountOf(plan, { views, counts, spending, status: observed.status }) }));
  const hindrances = views.map((view) => hindranceOf(view, observed, view.movement.stall));
  const over = new Set(views.filter(({ state }) => state === 'succeeded' || state === 'failed' || state === 'skipped').map(({ planned }) => planned.key));
  const records = views.map((view, index) => remember(view, { plan, observed, verdict, over, counts: counts[index] ?? view.record, action: actions[index] ?? { kind: 'keep' }, hindrance: hindrances[index] ?? null }));
  const status = summarise({ plan, observed, verdict, spending, budget, hindrances: hindrances.filter((hindrance) => hindrance !== null), records });
  const expiry = expiredJobs(observed.jobs, { ...plan.training.spec.retention, now: observed.now });
  const remove = [...views.flatMap((view, index) => jobsToRemove(view, actions[index], mayRepeat)), ...(mayRepeat ? expiry.expired : [])];
  // In start order: who is created first is first in a queue.
  const create = [...starts, ...views.filter(({ isPending }) => isPending)].flatMap((view) => jobToCreate(actions[views.indexOf(view)]));
  return {
    status,
    // Its write fails where the status is not the newest any more: nobody acts on a stale one.
    writeStatus: create.length + remove.length > 0 || isWorthWriting(observed.status, status),
    remove,
    create,
    events: eventsBetween(observed.status, status),
    isOver: verdict.kind === 'succeeded' || verdict.kind === 'failed',
    requeueAfterSeconds: lookAgain(views, { verdict, isChanging: create.length + remove.length > 0, expirySeconds: expiry.expired.length > 0 && !mayRepeat ? repeatSeconds : expiry.nextSeconds }),
  };
}

interface Deciding {
  readonly plan: Plan;
  readonly verdict: Verdict;
  readonly starts: readonly StepView[];
  /** Whether what the status says is under way may be tried once more. */
  readonly mayRepeat: boolean;
  readonly account: CombinedStep['account'];
}

function actionOn(view: StepView, { plan, verdict, starts, mayRepeat, account }: Deciding): Action {
  if (mustStop(view, verdict)) return { kind: 'stop' };
  const { draft } = view.planned;
  if (draft === null || !(starts.includes(view) || (view.isPending && mayRepeat))) return { kind: 'keep' };
  const run = view.isPending ? view.record.run : view.record.run + 1;
  const step = asStep(draft, run, account);
  return { kind: 'start', job: renderJob(step, plan.training, plan.settings), run };
}

/** Suspended, out of budget, standing still, or still in a queue when the training cannot succeed any more. */
function mustStop({ state, movement }: StepView, verdict: Verdict): boolean {
  const { kind } = verdict;
  if (state === 'active') return kind === 'suspended' || (kind === 'failing' && verdict.stops) || movement.hasStalled;
  return state === 'queued' && kind !== 'going';
}

function jobToCreate(action: Action | undefined): Job[] {
  return action?.kind === 'start' ? [action.job] : [];
}

/** Jobs that must not go on writing: those of a stopped step, and strays of other runs. */
function jobsToRemove({ job, strays, record }: StepView, action: Action | undefined, mayRepeat: boolean): SeenJob[] {
  if (record.state === 'stopping' && !mayRepeat) return [];
  const stopped = action?.kind === 'stop' && job !== null && !isFinished(job) ? [job] : [];
  return [...new Set([...stopped, ...strays])].filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

interface Outlook {
  readonly verdict: Verdict;
  readonly isChanging: boolean;
  /** Until the next finished Job is to be removed; null where there is none. */
  readonly expirySeconds: number | null;
}

/** A result that was just read is used in the next pass, once it is written; running Pods are asked every few seconds. */
function lookAgain(views: readonly StepView[], { verdict, isChanging, expirySeconds }: Outlook): number | null {
  const isFresh = views.some(({ planned, state }) => planned.outcome === null && (state === 'succeeded' || state === 'failed'));
  if (verdict.kind === 'succeeded' || verdict.kind === 'failed') return expirySeconds;
  if (isFresh) return 0;
  if (isChanging || views.some(({ state }) => state === 'active' || state === 'stopping')) return 5;
  return 60;
}
