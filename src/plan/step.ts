/**
 * A Step is one Job's whole message to its worker: what to read, what to write, with which settings. The worker
 * asks nobody. It travels as JSON in the environment variable CHEX_STEP; paths follow from `root` by plan/layout.ts.
 */
import { z } from 'zod';
import { observations } from '../api/observations.ts';
import { stages } from '../api/stages.ts';

const observation = z.enum(observations);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const common = {
  /** Raised when a worker could no longer do a step of an older operator, or the reverse: images of a running training stay. */
  version: z.literal(1),
  training: z.strictObject({ namespace: z.string(), name: z.string(), uid: z.string() }),
  /** Number of the Job of this step, from 1; counts restarts by the operator, not retries of Pods. */
  run: z.int().min(1),
  /** How often the user asked for this step anew (`spec.rerun`); part of the digest. */
  rerun: z.int().min(0),
  /** sha256 over `settings`, `rerun` and the digests of the inputs: the identity of what this step makes. */
  digest,
  /**
   * What the digest stands for, of this step and all before it: spec path to value, only where it differs from the
   * default, and `dataDigest`. Stands in done.json, so that a refusal can name the fields that differ.
   */
  settings: z.record(z.string(), z.json()),
  existing: z.enum(['Keep', 'Replace']),
  /** Folder of the training; every path below it comes from plan/layout.ts. */
  root: z.string(),
  seed: z.int().min(0),
  storage: z.strictObject({
    endpoint: z.string().optional(),
    region: z.string().optional(),
    forcePathStyle: z.boolean(),
    checksums: z.enum(['Auto', 'Always', 'WhenRequired']),
  }),
};

const shards = z.strictObject({ train: z.int().min(0), valid: z.int().min(0) });
const augment = z.enum(['OnRead', 'Materialise', 'None']);
const engine = z.enum(['auto', 'native', 'wasm']);

/** Variants of a film that an epoch visits: as it is, and its three flips where it is augmented. */
export function variantsInEpoch(augmentation: z.output<typeof augment>): 1 | 4 {
  return augmentation === 'None' ? 1 : 4;
}

export const catalogStepSchema = z.strictObject({
  ...common,
  stage: z.literal('catalog'),
  dataset: z.strictObject({
    uri: z.string(),
    layout: z.enum(['Auto', 'CheXpert', 'ClassFolders']),
    validationFraction: z.number().optional(),
  }),
  observations: z.array(observation),
  /** Most shards of a split. */
  shards: z.int().min(1),
});

export const preprocessStepSchema = z.strictObject({
  ...common,
  stage: z.literal('preprocess'),
  /** Folder of the films; the paths in the catalog's shards are relative to it. */
  dataset: z.strictObject({ uri: z.string() }),
  observations: z.array(observation),
  maxRejected: z.number(),
  /** Films of the catalog, all splits. With `rejected` the whole of which `maxRejected` is a share. */
  films: z.int().min(0),
  /** Rows and files that the catalog left out, which count as unreadable; absent = none. */
  rejected: z.int().min(0).optional(),
  shards,
  image: z.strictObject({
    size: z.int(),
    clahe: z.strictObject({ clipLimit: z.number(), tiles: z.int() }).nullable(),
    augment,
    encoding: z.enum(['Jpeg', 'Png']),
    quality: z.int(),
  }),
});

const learning = {
  epochs: z.int().min(1),
  batchSize: z.int().min(1),
  learningRate: z.number(),
  checkpointEverySeconds: z.number(),
  /** Which engine, and on how many threads: both decide the last bits of a result. */
  engine,
  threads: z.int().min(1),
  augment,
  /** Side of the films in pixels. */
  size: z.int(),
  /** Digest of the records that are read: their commit markers carry it. */
  records: digest,
  shards,
};

export const autoencodersStepSchema = z.strictObject({
  ...common,
  ...learning,
  stage: z.literal('autoencoders'),
  observation,
  width: z.number(),
  loss: z.enum(['MeanAbsoluteError', 'MeanSquaredError']),
  earlyStopping: z.strictObject({ minDelta: z.number(), patience: z.int() }).nullable(),
});

/**
 * What the operator knows of a run and only the report needs; not part of the digest. Unlike the settings it may grow
 * without a new `version`: a worker of an older or newer image passes over what it does not know, and takes what it is
 * not told for unknown.
 */
const accountEntry = z.object({
  observation: observation.optional(),
  stage: z.enum(stages),
  attempts: z.int(),
  /** Of its Pods, from start to end. */
  seconds: z.number(),
  /** That each of them held; null = unknown. */
  gpus: z.number().nullable().default(null),
  /** null = no price is known. */
  cost: z.number().nullable(),
});

export const combinedStepSchema = z.strictObject({
  ...common,
  ...learning,
  stage: z.literal('combined'),
  observations: z.array(observation),
  /** Autoencoders whose differences are sources of the head, in label order. */
  autoencoders: z.array(z.strictObject({ observation, digest })),
  /** Observations without an autoencoder: skipped (no positive film) or failed. */
  missing: z.array(z.strictObject({ observation, state: z.enum(['skipped', 'failed']), reason: z.string() })),
  width: z.number(),
  architecture: z.union([z.literal(1), z.literal(2)]),
  head: z.enum(['Sigmoid', 'Softmax']),
  backbone: z.enum(['InceptionResNetV2', 'Small', 'None']),
  backboneWeightsUri: z.string().optional(),
  uncertain: z.record(z.string(), z.enum(['Ones', 'Zeros', 'Ignore'])),
  image: preprocessStepSchema.shape.image,
  specDigest: digest,
  account: z.object({
    /** In which at least one step worked, before the Job of this one. */
    workedSeconds: z.number(),
    currency: z.string().nullable(),
    priceSource: z.string().nullable(),
    priceDate: z.string().nullable(),
    /** What an hour of the combined step's Pod will probably cost; null = unknown. */
    ratePerHour: z.number().nullable().default(null),
    /** That the combined step's Pod holds; null = unknown. */
    gpus: z.number().nullable().default(null),
    entries: z.array(accountEntry),
  }),
});

export const stepSchema = z.discriminatedUnion('stage', [
  catalogStepSchema,
  preprocessStepSchema,
  autoencodersStepSchema,
  combinedStepSchema,
]);

export type Step = z.output<typeof stepSchema>;
export type CatalogStep = z.output<typeof catalogStepSchema>;
export type PreprocessStep = z.output<typeof preprocessStepSchema>;
export type AutoencodersStep = z.output<typeof autoencodersStepSchema>;
export type CombinedStep = z.output<typeof combinedStepSchema>;
