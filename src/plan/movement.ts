import type { Pod } from '../api/kubernetes.ts';
import type { Stall, StepRecord } from '../api/status.ts';
import { countedUid } from './measure-pod.ts';
import type { Observed } from './decide.ts';
import { progressOf } from './step-progress.ts';
import type { StepView } from './step-state.ts';

/** After so many stalls without getting further a step has failed. */
export const mostStalls = 3;

/** After a longer time without a look nothing is known of what moved in it. */
const longestBlindSeconds = 120;

/** Whether an active step moves; the rest is to be remembered. */
export interface Movement extends Pick<StepRecord, 'progressTime' | 'progressMark' | 'stall'> {
  /** It has just stood still for too long. */
  readonly hasStalled: boolean;
}

/**
 * A step moves when a worker tells so, when a shard is done, and when a new Pod runs. One that does not answer does not
 * move. The time of a Pod that does not run yet, for want of a node or of its image, does not count.
 */
export function movementOf({ job, pods, record }: Pick<StepView, 'job' | 'pods' | 'record'>, observed: Observed, deadlineSeconds: number): Movement {
  const running = pods.filter(({ metadata, status }) => status.phase === 'Running' && metadata.deletionTimestamp === undefined);
  const shown = job === null ? undefined : progressOf(job, { pods, answers: observed.progress, record, counted: [], seconds: 0 }).progress;
  const stall = lastingStall(record.stall, shown);
  if (running.length === 0) return { ...(stall === undefined ? {} : { stall }), hasStalled: false };
  const newest = Math.max(...running.map(({ metadata }) => observed.progress.get(metadata.uid ?? '')?.updatedAt ?? -Infinity));
  const isNew = running.some((pod) => !record.pods?.some(({ uid }) => uid === countedUid(pod)));
  const hasMoved = isNew || newest > (record.progressMark ?? -Infinity) || (shown ?? 0) > (record.progress ?? 0);
  const progressTime = hasMoved || isBlind(observed) ? undefined : record.progressTime;
  const mark = isNew ? newest : Math.max(newest, record.progressMark ?? -Infinity);
  const hasStalled = progressTime !== undefined && observed.now - Date.parse(progressTime) >= deadlineSeconds * 1000;
  const present = hasStalled ? nextStall(stall, { since: progressTime, running, shown }) : stall;
  return {
    progressTime: progressTime ?? new Date(observed.now).toISOString(),
    ...(Number.isFinite(mark) ? { progressMark: mark } : {}),
    ...(present === undefined ? {} : { stall: present }),
    hasStalled,
  };
}

/** The one before, unless the step has got beyond it. */
function lastingStall(stall: Stall | undefined, shown: number | undefined): Stall | undefined {
  return stall === undefined || (shown !== undefined && shown > (stall.progress ?? -1)) ? undefined : stall;
}

function nextStall(before: Stall | undefined, { since, running, shown }: { since: string; running: readonly Pod[]; shown: number | undefined }): Stall {
  const progress = shown ?? before?.progress;
  const names = running.slice(0, 3).map(({ metadata, spec }) => (spec?.nodeName === undefined ? metadata.name : `${metadata.name} on node ${spec.nodeName}`));
  const others = running.length > names.length ? ` and ${running.length - names.length} more` : '';
  return { since, times: (before?.times ?? 0) + 1, pods: `${names.join(', ')}${others}`, ...(progress === undefined ? {} : { progress }) };
}

function isBlind({ status, now }: Observed): boolean {
  return status === null || now - Date.parse(status.updateTime) > longestBlindSeconds * 1000;
}
