import type { StepRecord } from '../api/status.ts';
import { expectedSeconds } from './expected-seconds.ts';
import { makespan } from './makespan.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { hasJob, maxParallelOf, startOrder } from './schedule.ts';
import { autoencoderFilmWork } from './work.ts';

export type Records = ReadonlyMap<PlannedStep['key'], StepRecord>;

export interface Remaining {
  readonly seconds: number;
  /** Assumed until an autoencoder has told its speed. */
  readonly source: 'Measured' | 'Assumed';
}

/**
 * How long it takes until the training is done: preprocessing, the makespan over running and waiting autoencoders under
 * the limit, then the combined model. null while unknown: until the films are counted.
 */
export function remainingTime(plan: Plan, records: Records): Remaining | null {
  const { left, source } = secondsLeft(plan, records);
  const of = (steps: readonly PlannedStep[]) => steps.map(({ key }) => left.get(key) ?? null);
  const isBusy = (step: PlannedStep) => hasJob(records.get(step.key)?.state ?? 'waiting');
  const autoencoders = startOrder(plan);
  const busy = of(autoencoders.filter(isBusy));
  const waiting = of(autoencoders.filter((step) => !isBusy(step)));
  const others = of(plan.steps.filter(({ stage }) => stage !== 'autoencoders'));
  if (!areKnown(others) || !areKnown(busy) || !areKnown(waiting)) return null;
  const seconds = others.reduce((sum, each) => sum + each, 0) + makespan(waiting, maxParallelOf(plan), busy);
  return { seconds, source };
}

/** Seconds that each step still works, one Pod or, while preprocessing, its Pods together; null while unknown. */
export function secondsLeft(plan: Plan, records: Records): { readonly left: ReadonlyMap<PlannedStep['key'], number | null>; readonly source: Remaining['source'] } {
  const measured = measuredSpeed(plan, records);
  const speed = measured ?? plan.settings.assumedSpeed;
  const left = new Map(plan.steps.map((step) => [step.key, stepSeconds(plan, step, { record: records.get(step.key), speed })]));
  return { left, source: measured === null ? 'Assumed' : 'Measured' };
}

/** GFLOP a second of one autoencoder, the mean of those that have told theirs; null when none has. */
export function measuredSpeed(plan: Plan, records: Records): number | null {
  const speeds = startOrder(plan).flatMap(({ key }) => records.get(key)?.imagesPerSecond ?? []);
  if (speeds.length === 0) return null;
  return (speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length) * autoencoderFilmWork(plan.training.spec);
}

/** As its worker foresees, else by the model. */
function stepSeconds(plan: Plan, step: PlannedStep, { record, speed }: { record: StepRecord | undefined; speed: number }): number | null {
  if (record?.state === 'succeeded' || record?.state === 'failed') return 0;
  if (record?.state === 'active' && record.remainingSeconds !== undefined) return record.remainingSeconds;
  const expected = expectedSeconds(plan, step, speed);
  return expected === null ? null : (1 - (record?.progress ?? 0)) * expected;
}

function areKnown(values: readonly (number | null)[]): values is number[] {
  return values.every((value) => value !== null);
}
