/**
 * Rules that tie fields of the spec together. Each is written twice: `holds` for `chex validate` and `chex run`, `cel`
 * for the API server (over `self`, the spec). A test runs one table of bad YAML through both.
 */
import type { TrainingSpec } from './schema.ts';
import { clusterUri } from './schema.ts';

export interface Rule {
  /** Field that is shown as wrong, below `spec`. */
  readonly path: string;
  readonly holds: (spec: TrainingSpec) => boolean;
  readonly message: string;
}

export interface SpecRule extends Rule {
  /** The same for the API server. */
  readonly cel: string;
}

const isUnique = (values: readonly string[]) => new Set(values).size === values.length;

/** Fields in the order of the spec. */
export const specRules: readonly SpecRule[] = [
  {
    path: 'observations',
    cel: 'self.observations.all(o, self.observations.exists_one(p, p == o))',
    holds: (spec) => isUnique(spec.observations),
    message: 'each observation may be listed once',
  },
  {
    path: 'preprocess.clahe.tiles',
    cel: 'self.preprocess.clahe.tiles * 4 <= self.preprocess.size',
    holds: (spec) => spec.preprocess.clahe.tiles * 4 <= spec.preprocess.size,
    message: 'tiles must be at most a quarter of preprocess.size',
  },
  {
    path: 'output.uri',
    cel: `${asFolder('self.output.uri')} != ${asFolder('self.dataset.uri')} && !['train/', 'valid/'].exists(s, ${asFolder('self.output.uri')}.startsWith(${asFolder('self.dataset.uri')} + s))`,
    holds: ({ dataset, output }) => folderOf(output.uri) !== folderOf(dataset.uri) && !['train/', 'valid/'].some((split) => folderOf(output.uri).startsWith(folderOf(dataset.uri) + split)),
    message: 'must be a folder of its own: results among the films of dataset.uri would become part of the data set',
  },
  {
    path: 'autoencoders.minSucceeded',
    cel: '!has(self.autoencoders.minSucceeded) || self.autoencoders.minSucceeded <= size(self.observations)',
    holds: ({ autoencoders, observations }) => autoencoders.minSucceeded === undefined || autoencoders.minSucceeded <= observations.length,
    message: 'minSucceeded must be at most the number of observations',
  },
  {
    path: 'autoencoders.overrides',
    cel: '!has(self.autoencoders.overrides) || self.autoencoders.overrides.all(o, o.observation in self.observations && self.autoencoders.overrides.exists_one(p, p.observation == o.observation))',
    holds: ({ autoencoders, observations }) => isUniqueAmong(autoencoders.overrides, observations),
    message: 'overrides must name each observation once, and only those of spec.observations',
  },
  {
    path: 'combined.backboneWeightsUri',
    cel: "self.combined.backbone != 'InceptionResNetV2' || has(self.combined.backboneWeightsUri) || has(self.combined.backboneWeights)",
    holds: ({ combined }) =>
      combined.backbone !== 'InceptionResNetV2' || combined.backboneWeightsUri !== undefined || combined.backboneWeights !== undefined,
    message: 'backbone InceptionResNetV2 needs backboneWeightsUri (a Keras .h5 without top); for small runs set backbone: Small, to start without pretrained weights set backboneWeights: Random',
  },
  {
    path: 'combined.backboneWeights',
    cel: '!(has(self.combined.backboneWeightsUri) && has(self.combined.backboneWeights))',
    holds: ({ combined }) => combined.backboneWeightsUri === undefined || combined.backboneWeights === undefined,
    message: 'backboneWeights: Random contradicts backboneWeightsUri; keep one of them',
  },
  {
    path: 'combined.backbone',
    cel: "self.combined.backbone != 'InceptionResNetV2' || self.preprocess.size >= 75",
    holds: ({ combined, preprocess }) => combined.backbone !== 'InceptionResNetV2' || preprocess.size >= 75,
    message: 'backbone InceptionResNetV2 needs preprocess.size of at least 75; for small films set backbone: Small',
  },
  {
    path: 'rerun',
    cel: '!has(self.rerun) || self.rerun.all(r, r.observation in self.observations && self.rerun.exists_one(p, p.observation == r.observation))',
    holds: ({ rerun, observations }) => isUniqueAmong(rerun, observations),
    message: 'rerun must name each observation once, and only those of spec.observations',
  },
  {
    path: 'budget.currency',
    cel: '!has(self.budget) || !has(self.prices) || self.budget.currency == self.prices.currency',
    holds: ({ budget, prices }) => budget === undefined || prices === undefined || budget.currency === prices.currency,
    message: 'the budget must be in the currency of prices: amounts of two cannot be compared',
  },
];

/** A URI with a slash at its end, so that one begins another only where it is the same folder or one above it. */
function folderOf(uri: string): string {
  return `${uri.replace(/^file:\/\/localhost\//, 'file:///').replace(/\/+$/, '')}/`;
}

/** The same in CEL. */
function asFolder(field: string): string {
  return `(${field} + (${field}.endsWith('/') ? '' : '/'))`;
}

/** A run owns its folder: what lies there may be replaced and removed. */
export function isWithinRun({ dataset, output }: TrainingSpec, run: { namespace: string; name: string }): boolean {
  return folderOf(dataset.uri).startsWith(`${folderOf(output.uri)}${run.namespace}/${run.name}/`);
}

function isUniqueAmong(list: readonly { observation: string }[] | undefined, observations: readonly string[]): boolean {
  const named = (list ?? []).map((entry) => entry.observation);
  return isUnique(named) && named.every((name) => observations.includes(name));
}

/** What only a cluster demands; the API server has it as a rule of each of these fields. */
export const clusterRules: readonly Rule[] = [
  ['dataset.uri', (spec: TrainingSpec) => spec.dataset.uri] as const,
  ['output.uri', (spec: TrainingSpec) => spec.output.uri] as const,
  ['combined.backboneWeightsUri', (spec: TrainingSpec) => spec.combined.backboneWeightsUri] as const,
].map(([path, read]) => ({ path, holds: (spec) => read(spec)?.startsWith('s3://') ?? true, message: clusterUri.message }));

/** `metadata.name` is a label value and a part of Job names. */
export const namePattern = /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/;
export const nameRule = {
  path: 'metadata.name',
  cel: "self.metadata.name.matches('^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$')",
  message: 'must be a DNS label of at most 40 characters: lower-case letters, digits and -, such as chexpert-small',
} as const;
