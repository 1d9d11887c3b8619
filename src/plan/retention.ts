import type { SeenJob } from '../api/kubernetes.ts';
import { isFinished } from './step-state.ts';

const secondsOfDay = 86_400;
/** No queue is asked to wait longer. */
const longestWaitSeconds = secondsOfDay;

export interface Expiry {
  readonly expired: readonly SeenJob[];
  /** Until the next one expires, at most a day; null where no Job is left. */
  readonly nextSeconds: number | null;
}

/**
 * Finished Jobs that have stayed for so many days. They may go in the pass that first sees their end, since its status is
 * written before anything is removed. `now` in milliseconds.
 */
export function expiredJobs(jobs: readonly SeenJob[], { finishedJobsDays, now }: { finishedJobsDays: number; now: number }): Expiry {
  const left = jobs
    .filter((job) => isFinished(job) && job.metadata.deletionTimestamp === undefined)
    .map((job) => ({ job, seconds: finishedJobsDays * secondsOfDay - (now - endOf(job)) / 1000 }));
  const waiting = left.filter(({ seconds }) => seconds > 0).map(({ seconds }) => seconds);
  return {
    expired: left.filter(({ seconds }) => seconds <= 0).map(({ job }) => job),
    nextSeconds: waiting.length === 0 ? null : Math.min(longestWaitSeconds, ...waiting),
  };
}

/** Only a success has a `completionTime`. Milliseconds since 1970. */
function endOf({ status, metadata }: SeenJob): number {
  const end = status?.conditions?.find(({ type, status: truth }) => truth === 'True' && (type === 'Complete' || type === 'Failed'));
  return Date.parse(end?.lastTransitionTime ?? metadata.creationTimestamp ?? '');
}
