import type { TrainingSpec } from '../api/schema.ts';
import type { StepState } from '../api/status.ts';
import type { Plan, PlannedStep, Settings } from './plan.ts';
import { autoencoderSteps } from './plan.ts';
import type { StepView } from './step-state.ts';
import type { Verdict } from './verdict.ts';

/**
 * The ready steps that may start now: none unless the training is going, autoencoders only into free places.
 * A place is taken by every created, unfinished Job, queued and stopping ones too.
 */
export function selectStarts(plan: Plan, views: readonly StepView[], verdict: Verdict): StepView[] {
  if (verdict.kind !== 'going') return [];
  const ready = views.filter(({ state, foreign }) => state === 'ready' && foreign === undefined);
  const taken = views.filter(({ planned, state }) => planned.stage === 'autoencoders' && hasJob(state));
  const order = startOrder(plan);
  const autoencoders = order.flatMap((step) => ready.filter(({ planned }) => planned.key === step.key));
  const free = Math.max(0, maxParallelOf(plan) - taken.length);
  return [...ready.filter(({ planned }) => planned.stage !== 'autoencoders'), ...autoencoders.slice(0, free)];
}

/** Whether the Job of a step in this state is there and not finished. */
export function hasJob(state: StepState): boolean {
  return state === 'queued' || state === 'active' || state === 'stopping';
}

/** Autoencoders that are to be trained, in the order in which they start: the longest first, or as listed. */
export function startOrder(plan: Plan): PlannedStep[] {
  const steps = autoencoderSteps(plan).filter(({ skipped }) => skipped === undefined);
  if (plan.training.spec.autoencoders.order === 'Listed') return steps;
  return steps.toSorted((left, right) => (right.work ?? 0) - (left.work ?? 0));
}

export function maxParallelOf({ training, settings }: Plan): number {
  return training.spec.autoencoders.maxParallel ?? settings.maxParallel;
}

/** Shards that are made at a time, at least 1. */
export function shardsAtOnce({ preprocess }: TrainingSpec, { preprocessParallelism }: Pick<Settings, 'preprocessParallelism'>, shards: number): number {
  return Math.max(1, Math.min(preprocess.parallelism, preprocessParallelism, shards));
}
