import type { TrainingSpec } from '../api/schema.ts';
import { overrideOf } from './override-of.ts';
import type { PlannedStep } from './plan.ts';

/** Where the Pods of a step may run: its own wish, else its stage's; catalog and preprocessing run anywhere. */
export function schedulingOf({ stage, observation }: Pick<PlannedStep, 'stage' | 'observation'>, spec: TrainingSpec): TrainingSpec['autoencoders']['scheduling'] {
  if (stage === 'combined') return spec.combined.scheduling;
  if (stage !== 'autoencoders') return {};
  return (observation === undefined ? undefined : overrideOf(spec, observation)?.scheduling) ?? spec.autoencoders.scheduling;
}
