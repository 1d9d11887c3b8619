import type { TrainingSpec } from '../api/schema.ts';
import { specSchema } from '../api/schema.ts';

/** A note that names the fields of a training that have no effect on one machine, and one for a budget that nobody can keep there. */
export function notesOn(spec: TrainingSpec): string[] {
  const usual = specSchema.parse({ dataset: spec.dataset, output: spec.output });
  const differs = (left: unknown, right: unknown) => JSON.stringify(left) !== JSON.stringify(right);
  const idle = [
    spec.queueName === undefined ? [] : ['queueName'],
    spec.storage.secretName === undefined ? [] : ['storage.secretName'],
    spec.storage.serviceAccountName === undefined ? [] : ['storage.serviceAccountName'],
    differs(spec.retention, usual.retention) ? ['retention'] : [],
    (['preprocess', 'autoencoders', 'combined'] as const).filter((stage) => differs(spec[stage].resources, usual[stage].resources)).map((stage) => `${stage}.resources`),
    (['autoencoders', 'combined'] as const).filter((stage) => differs(spec[stage].scheduling, usual[stage].scheduling)).map((stage) => `${stage}.scheduling`),
  ].flat();
  const isPriced = spec.prices?.nodes.some(({ perHour: _, ...labels }) => Object.keys(labels).length === 0) ?? false;
  return [
    ...(idle.length === 0 ? [] : [`Without effect on one machine: ${idle.join(', ')}`]),
    ...(isPriced || (spec.prices === undefined && spec.budget === undefined) ? [] : [unpriced(spec)]),
  ];
}

function unpriced({ budget }: TrainingSpec): string {
  return `What this machine costs is unknown${budget === undefined ? '' : ', so nothing keeps the budget'}: it has no labels of a cloud; a price in spec.prices.nodes with perHour alone is for it`;
}
