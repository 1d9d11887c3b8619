import type { Observation } from '../api/observations.ts';
import type { TrainingSpec } from '../api/schema.ts';

/** What the training asks of the autoencoder of one observation in place of what it asks of all; undefined where it asks nothing else. */
export function overrideOf({ autoencoders }: Pick<TrainingSpec, 'autoencoders'>, observation: Observation): NonNullable<TrainingSpec['autoencoders']['overrides']>[number] | undefined {
  return autoencoders.overrides?.find((override) => override.observation === observation);
}
