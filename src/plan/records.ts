import type { StepRecord, TrainingStatus } from '../api/status.ts';
import type { Outcome, StepKey } from './plan.ts';
import { autoencoderKey } from './plan.ts';
import { resultSchema } from './result.ts';

/** What a status remembers, by step. */
export function recordsIn(status: TrainingStatus | undefined): ReadonlyMap<StepKey, StepRecord> {
  const records = new Map<StepKey, StepRecord>();
  for (const { stage, ...record } of status?.stages ?? []) if (stage !== 'autoencoders') records.set(stage, record);
  for (const { observation, images: _images, ...record } of status?.observations ?? []) records.set(autoencoderKey(observation), record);
  return records;
}

/** The ends among them. A result that cannot be read any more counts as lost: its step runs again and answers from done.json. */
export function recordedOutcomes(status: TrainingStatus | undefined): ReadonlyMap<StepKey, Outcome> {
  const outcomes = new Map<StepKey, Outcome>();
  for (const [key, record] of recordsIn(status)) {
    const outcome = outcomeOf(record);
    if (outcome !== null) outcomes.set(key, outcome);
  }
  return outcomes;
}

function outcomeOf({ state, digest, result, message, exitCode }: StepRecord): Outcome | null {
  if (digest === undefined) return null;
  if (state === 'failed') return { state: 'failed', digest, message: message ?? 'unknown', ...(exitCode === undefined ? {} : { exitCode }) };
  const parsed = state === 'succeeded' ? resultSchema.safeParse(result) : null;
  return parsed?.success ? { state: 'succeeded', digest, result: parsed.data } : null;
}
