import type { Observation } from '../api/observations.ts';
import { inLabelOrder } from '../api/observations.ts';
import type { TrainingSpec } from '../api/schema.ts';
import { specSchema } from '../api/schema.ts';
import { canonicalJson } from './digest.ts';
import { withoutSlash } from './layout.ts';
import { overrideOf } from './override-of.ts';

/** A value that JSON can hold, as `settings` of a Step wants it. */
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Spec path to value. */
export type ByteSettings = Readonly<Record<string, Json>>;

const defaults = specSchema.parse({ dataset: { uri: 'file:///-' }, output: { uri: 'file:///-' } });

/**
 * The settings that decide the bytes the catalog makes, where they differ from the default: a later version with more
 * fields finds the same digests for old trainings. Never resources, scheduling, limits, prices or images.
 */
export function catalogSettings({ dataset, seed, observations, preprocess }: TrainingSpec): ByteSettings {
  return differing({
    'dataset.uri': [withoutSlash(dataset.uri), null],
    'dataset.layout': [dataset.layout, defaults.dataset.layout],
    'dataset.validationFraction': [dataset.validationFraction, undefined],
    seed: [seed, defaults.seed],
    observations: [inLabelOrder(observations), defaults.observations],
    'preprocess.shards': [preprocess.shards, defaults.preprocess.shards],
  });
}

export function preprocessSettings({ preprocess }: TrainingSpec): ByteSettings {
  const { preprocess: usual } = defaults;
  return differing({
    'preprocess.size': [preprocess.size, usual.size],
    'preprocess.contrast': [preprocess.contrast, usual.contrast],
    'preprocess.clahe': [preprocess.contrast === 'None' ? usual.clahe : preprocess.clahe, usual.clahe],
    'preprocess.augment': [preprocess.augment, usual.augment],
    'preprocess.encoding': [preprocess.encoding, usual.encoding],
    'preprocess.quality': [preprocess.encoding === 'Png' ? usual.quality : preprocess.quality, usual.quality],
  });
}

/** Of one autoencoder: what an override changes is named by the observation, so that those of several can stand together. */
export function autoencoderSettings(spec: TrainingSpec, observation: Observation): ByteSettings {
  const { autoencoders } = spec;
  const { autoencoders: usual } = defaults;
  const own = overrideOf(spec, observation);
  const overridden = (field: 'epochs' | 'batchSize' | 'learningRate') =>
    own?.[field] === undefined
      ? { [`autoencoders.${field}`]: [autoencoders[field], usual[field]] }
      : { [`autoencoders.overrides.${observation}.${field}`]: [own[field], usual[field]] };
  return differing({
    ...overridden('epochs'),
    ...overridden('batchSize'),
    ...overridden('learningRate'),
    'autoencoders.loss': [autoencoders.loss, usual.loss],
    'autoencoders.earlyStopping': [autoencoders.earlyStopping, usual.earlyStopping],
    'autoencoders.width': [autoencoders.width, usual.width],
  });
}

export function combinedSettings({ combined, dataset }: TrainingSpec): ByteSettings {
  const { combined: usual } = defaults;
  return differing({
    'combined.architecture': [combined.architecture, usual.architecture],
    'combined.head': [combined.head, usual.head],
    'combined.backbone': [combined.backbone, usual.backbone],
    'combined.backboneWeightsUri': [combined.backboneWeightsUri, usual.backboneWeightsUri],
    'combined.backboneWeights': [combined.backboneWeights, usual.backboneWeights],
    'combined.epochs': [combined.epochs, usual.epochs],
    'combined.batchSize': [combined.batchSize, usual.batchSize],
    'combined.learningRate': [combined.learningRate, usual.learningRate],
    'dataset.uncertain': [dataset.uncertain, defaults.dataset.uncertain],
    'dataset.uncertainByObservation': [dataset.uncertainByObservation, undefined],
  });
}

function differing(pairs: Readonly<Record<string, readonly unknown[]>>): ByteSettings {
  const entries = Object.entries(pairs).filter(([, [value, usual]]) => value !== undefined && canonicalJson(value) !== canonicalJson(usual));
  return Object.fromEntries(entries.map(([path, [value]]) => [path, value as Json]));
}
