import type { StepRecord } from '../api/status.ts';
import { expectedSeconds } from './expected-seconds.ts';
import { makespan } from './makespan.ts';
import type { Plan, PlannedStep } from './plan.ts';
import type { Records } from './remaining.ts';
import { maxParallelOf, startOrder } from './schedule.ts';

/**
 * How far `steps` are together, 0 to 1: each weighs its share of the time that the training is expected to take, with
 * the autoencoders side by side. The weights stand from the moment when the films are counted and no measurement moves
 * them, so that it never falls and never jumps; before that it is 0.
 */
export function progressOf(plan: Plan, steps: readonly PlannedStep[], records: Records): number {
  const sideBySide = shareOfAutoencoders(plan);
  const weigh = (step: PlannedStep) => (secondsOf(plan, step) ?? 0) * (step.stage === 'autoencoders' ? sideBySide : 1);
  const parts = steps.map((step) => ({ weight: weigh(step), done: doneShare(records.get(step.key)) }));
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  return total === 0 ? 0 : parts.reduce((sum, { weight, done }) => sum + weight * done, 0) / total;
}

/** The time that all autoencoders take, as a share of the sum of their times. */
function shareOfAutoencoders(plan: Plan): number {
  const seconds = startOrder(plan).map((step) => secondsOf(plan, step) ?? 0);
  const sum = seconds.reduce((total, each) => total + each, 0);
  return sum === 0 ? 1 : makespan(seconds, maxParallelOf(plan)) / sum;
}

function secondsOf(plan: Plan, step: PlannedStep): number | null {
  return expectedSeconds(plan, step, plan.settings.assumedSpeed);
}

function doneShare(record: StepRecord | undefined): number {
  return record?.state === 'succeeded' || record?.state === 'failed' ? 1 : (record?.progress ?? 0);
}
