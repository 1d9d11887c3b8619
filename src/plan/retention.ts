import type { Job } from '../api/kubernetes.ts';
import type { Plan } from './plan.ts';
import type { StepView } from './step-state.ts';
import { isFinished } from './step-state.ts';

const secondsOfDay = 86_400;
/** No queue is asked to wait longer. */
const longestWaitSeconds = secondsOfDay;

export interface Expiry {
  readonly expired: readonly Job[];
  /** Until the next one expires, at most a day; null where no Job is left. */
  readonly nextSeconds: number | null;
}

/**
 * Finished Jobs that have stayed as long as `retention.finishedJobsDays` says. The one whose end is not recorded yet
 * stays: its Pods alone know the result. `now` in milliseconds.
 */
export function expiredJobs({ plan, views, jobs, now }: { plan: Plan; views: readonly StepView[]; jobs: readonly Job[]; now: number }): Expiry {
  const unrecorded = views.flatMap(({ planned, job }) => (planned.outcome === null && job !== null ? [job.metadata.name] : []));
  const kept = plan.training.spec.retention.finishedJobsDays * secondsOfDay;
  const left = jobs
    .filter((job) => isFinished(job) && job.metadata.deletionTimestamp === undefined && !unrecorded.includes(job.metadata.name))
    .map((job) => ({ job, seconds: kept - (now - endOf(job)) / 1000 }));
  const waiting = left.filter(({ seconds }) => seconds > 0).map(({ seconds }) => seconds);
  return {
    expired: left.filter(({ seconds }) => seconds <= 0).map(({ job }) => job),
    nextSeconds: waiting.length === 0 ? null : Math.min(longestWaitSeconds, ...waiting),
  };
}

/** Only a success has a `completionTime`. Milliseconds since 1970. */
function endOf({ status, metadata }: Job): number {
  const end = status?.conditions?.find(({ type, status: truth }) => truth === 'True' && (type === 'Complete' || type === 'Failed'));
  return Date.parse(end?.lastTransitionTime ?? metadata.creationTimestamp ?? '');
}
