import type { StepRecord, TrainingStatus } from '../api/status.ts';
import { isEqual } from './is-equal.ts';

const leastProgress = 0.01;
const longestSilenceSeconds = 30;
const shortestPauseSeconds = 10;

/**
 * Whether a computed status has to be written: at a change of state at once; otherwise when progress moved by a
 * hundredth, a step says something else of why it waits, or half a minute has passed with any change, but never twice
 * within ten seconds.
 */
export function isWorthWriting(written: TrainingStatus | null, computed: TrainingStatus): boolean {
  if (written === null || !isEqual(skeletonOf(written), skeletonOf(computed))) return true;
  if (isEqual({ ...written, updateTime: '' }, { ...computed, updateTime: '' })) return false;
  const silence = (Date.parse(computed.updateTime) - Date.parse(written.updateTime)) / 1000;
  if (silence < shortestPauseSeconds) return false;
  return silence >= longestSilenceSeconds || Math.abs(computed.progress - written.progress) >= leastProgress || !isEqual(messagesOf(written), messagesOf(computed));
}

/** What must not be lost by a restart, and what people wait for. */
function skeletonOf({ conditions, stages, observations, observedGeneration, stage, plan, cost }: TrainingStatus): unknown {
  return {
    observedGeneration,
    stage,
    order: plan?.order,
    maxParallel: plan?.maxParallel,
    money: [cost?.currency, cost?.warnedPercent, cost?.exceededAmount],
    conditions: conditions.map(({ type, status, reason }) => [type, status, reason]),
    steps: [...stages, ...observations].map(stepSkeleton),
  };
}

function messagesOf({ stages, observations }: TrainingStatus): unknown {
  return [...stages, ...observations].map(({ message }) => message);
}

function stepSkeleton({ state, run, digest, job, attempts, disruptions, stall, result }: StepRecord): unknown {
  return { state, run, digest, job, attempts, disruptions, stall, result };
}
