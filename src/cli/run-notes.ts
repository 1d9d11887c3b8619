import type { TrainingSpec } from '../api/schema.ts';
import { specSchema } from '../api/schema.ts';

/** One note that names the fields of a training that have no effect on one machine; none where all have. */
export function notesOn(spec: TrainingSpec): string[] {
  const usual = specSchema.parse({ dataset: spec.dataset, output: spec.output });
  const differs = (left: unknown, right: unknown) => JSON.stringify(left) !== JSON.stringify(right);
  const idle = [
    spec.queueName === undefined ? [] : ['queueName'],
    spec.budget === undefined ? [] : ['budget'],
    spec.storage.secretName === undefined ? [] : ['storage.secretName'],
    spec.storage.serviceAccountName === undefined ? [] : ['storage.serviceAccountName'],
    differs(spec.retention, usual.retention) ? ['retention'] : [],
    (['preprocess', 'autoencoders', 'combined'] as const).filter((stage) => differs(spec[stage].resources, usual[stage].resources)).map((stage) => `${stage}.resources`),
    (['autoencoders', 'combined'] as const).filter((stage) => differs(spec[stage].scheduling, usual[stage].scheduling)).map((stage) => `${stage}.scheduling`),
  ].flat();
  return idle.length === 0 ? [] : [`Without effect on one machine: ${idle.join(', ')}`];
}
