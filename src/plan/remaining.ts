import type { StepRecord } from '../api/status.ts';
import { makespan } from './makespan.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { maxParallelOf, startOrder } from './schedule.ts';
import { autoencoderFilmWork } from './work.ts';

export type Records = ReadonlyMap<PlannedStep['key'], StepRecord>;

/**
 * Seconds until the training is done: the makespan over running and waiting autoencoders under the limit, then the
 * combined model. null while unknown: before the films are ready, and until an autoencoder has told its speed.
 */
export function remainingSeconds(plan: Plan, records: Records): number | null {
  const combined = plan.steps.find(({ stage }) => stage === 'combined');
  const preprocess = plan.steps.find(({ stage }) => stage === 'preprocess');
  if (!combined || preprocess?.outcome?.state !== 'succeeded') return null;
  const speed = measuredSpeed(plan, records);
  const members = startOrder(plan).map((step) => ({ state: records.get(step.key)?.state, seconds: stepSeconds(step, records, speed) }));
  const last = stepSeconds(combined, records, speed);
  const unfinished = members.filter(({ state }) => state !== 'succeeded' && state !== 'failed');
  const busy = unfinished.filter(({ state }) => state === 'active' || state === 'stopping').map(({ seconds }) => seconds);
  const waiting = unfinished.filter(({ state }) => state === 'ready' || state === 'waiting').map(({ seconds }) => seconds);
  if (last === null || !areKnown(busy) || !areKnown(waiting)) return null;
  return makespan(waiting, maxParallelOf(plan), busy) + last;
}

/** GFLOP a second of one autoencoder, the mean of those that have told theirs; null when none has. */
export function measuredSpeed(plan: Plan, records: Records): number | null {
  const speeds = startOrder(plan).flatMap(({ key }) => records.get(key)?.imagesPerSecond ?? []);
  if (speeds.length === 0) return null;
  return (speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length) * autoencoderFilmWork(plan.training.spec);
}

function stepSeconds(step: PlannedStep, records: Records, speed: number | null): number | null {
  const record = records.get(step.key);
  if (record?.state === 'succeeded') return 0;
  if (record?.state === 'active' && record.remainingSeconds !== undefined) return record.remainingSeconds;
  if (step.work === undefined || speed === null || speed <= 0) return null;
  return (step.work * (1 - (record?.progress ?? 0))) / speed;
}

function areKnown(values: readonly (number | null)[]): values is readonly number[] {
  return values.every((value) => value !== null);
}
