/**
 * What a finished step leaves behind: its container's termination message (under 4,096 bytes) and the `result` of
 * its done.json. Lists "by label" have 14 entries in label order.
 */
import { z } from 'zod';

const bySplit = <T extends z.ZodType>(value: T) => z.strictObject({ train: value, valid: value });

export const catalogResultSchema = z.strictObject({
  stage: z.literal('catalog'),
  /** sha256 of the tables' bytes, or of the class folders' sorted keys, sizes and ETags. */
  dataDigest: z.string(),
  films: bySplit(z.int()),
  patients: bySplit(z.int()),
  /** Whom the data set's own splits share. */
  patientsInBothSplits: z.int(),
  shards: bySplit(z.int()),
  /** Films whose label is 1, by label. */
  images: bySplit(z.array(z.int()).length(14)),
  /** Rows or files left out by the catalog, and the first reasons. */
  rejected: z.strictObject({ count: z.int(), reasons: z.array(z.string()).max(5) }),
  seconds: z.number(),
});

export const preprocessResultSchema = z.strictObject({
  stage: z.literal('preprocess'),
  films: z.int(),
  rejected: z.strictObject({ count: z.int(), reasons: z.array(z.string()).max(5) }),
  sizeBytes: z.int(),
  /** Films that are readable and whose label is 1, by label. */
  images: bySplit(z.array(z.int()).length(14)),
  seconds: z.number(),
});

const losses = z.strictObject({ train: z.number(), validation: z.number().nullable() });

export const autoencoderResultSchema = z.strictObject({
  stage: z.literal('autoencoders'),
  /** Source films it trained on, flips not counted. */
  images: z.int(),
  /** Epochs run; with early stopping `bestEpoch` is the one that was kept. */
  epochs: z.int(),
  bestEpoch: z.int(),
  stoppedEarly: z.boolean(),
  loss: losses,
  meanSquaredError: losses,
  seconds: z.number(),
  /** Films a second, flips counted. */
  imagesPerSecond: z.number(),
  engine: z.string(),
  device: z.string(),
});

export const combinedResultSchema = z.strictObject({
  stage: z.literal('combined'),
  epochs: z.int(),
  bestEpoch: z.int(),
  loss: losses,
  macro: z.strictObject({ auc: z.number().nullable(), averagePrecision: z.number().nullable() }),
  baseline: z.strictObject({ auc: z.number().nullable() }).nullable(),
  parameters: z.int(),
  seconds: z.number(),
  report: z.string(),
});

export const resultSchema = z.discriminatedUnion('stage', [
  catalogResultSchema,
  preprocessResultSchema,
  autoencoderResultSchema,
  combinedResultSchema,
]);

export type StepResult = z.output<typeof resultSchema>;
export type CatalogResult = z.output<typeof catalogResultSchema>;
export type PreprocessResult = z.output<typeof preprocessResultSchema>;
export type AutoencoderResult = z.output<typeof autoencoderResultSchema>;
export type CombinedResult = z.output<typeof combinedResultSchema>;

/** What a worker says at its end, in its termination message. */
export interface Answer {
  /** null of a shard while others are still to come. */
  readonly result: StepResult | null;
  /** The result stood in done.json when the worker began: it did nothing, so it is neither an attempt nor time. */
  readonly found: boolean;
}

/** The result as JSON, with `found: true` beside its fields where nothing was done for it. */
export function renderAnswer({ result, found }: Answer): string {
  return JSON.stringify(result !== null && found ? { ...result, found } : result);
}

/** null where the words are no answer. */
export function parseAnswer(words: string): Answer | null {
  const parsed = answerSchema.safeParse(jsonOf(words));
  if (!parsed.success) return null;
  if (parsed.data === null) return { result: null, found: false };
  const { found = false, ...rest } = parsed.data;
  const result = resultSchema.safeParse(rest);
  return result.success ? { result: result.data, found } : null;
}

const answerSchema = z.looseObject({ found: z.literal(true).optional() }).nullable();

function jsonOf(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

/** done.json of a step's folder, written last: what was made, by which run. */
export const doneSchema = z.strictObject({
  digest: z.string(),
  run: z.int(),
  rerun: z.int(),
  settings: z.record(z.string(), z.json()),
  result: resultSchema,
});
export type Done = z.output<typeof doneSchema>;

/** Whether finished work is the very step that is asked for, where the settings are the same. */
export function isDoneOf(done: Pick<Done, 'digest' | 'rerun'>, step: Pick<Done, 'digest' | 'rerun'>): boolean {
  // A rerun that was asked for and then taken out of the training is no reason to do it once more.
  return done.digest === step.digest || done.rerun > step.rerun;
}

/** The settings in which finished work differs from what is asked for now, each as `seed (was 1, is 2)`; other data in words. */
export function differingFields(before: Done['settings'], now: Done['settings']): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]))
    .map((name) => (name === 'dataDigest' ? 'other data (films or labels were added, removed or changed)' : `${name} (was ${shown(before[name])}, is ${shown(now[name])})`));
}

const shown = (value: Done['settings'][string] | undefined) => (value === undefined ? 'the default' : JSON.stringify(value));

/** What a person can do where finished work was made with other settings. */
export const afterChange = 'Train under another metadata.name, undo the change, or set spec.output.existing: Replace to redo it.';
