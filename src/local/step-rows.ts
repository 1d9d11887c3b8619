import { titleOf } from '../api/observations.ts';
import type { StepRecord, TrainingStatus } from '../api/status.ts';
import { capitalised } from '../plan/verdict.ts';

/** A step as people see it. */
export interface StepRow {
  /** `Preprocess`, `Pleural Effusion`. */
  readonly title: string;
  readonly record: StepRecord;
  /** Whether it is one of the observations. */
  readonly isAutoencoder: boolean;
}

/** Every step in the order of the work: the stages, with the observations in the place of the autoencoders. */
export function stepsOf({ stages, observations }: TrainingStatus): StepRow[] {
  return stages.flatMap((record): StepRow[] =>
    record.stage === 'autoencoders'
      ? observations.map((one) => ({ title: titleOf(one.observation), record: one, isAutoencoder: true }))
      : [{ title: capitalised(record.stage), record, isAutoencoder: false }],
  );
}
