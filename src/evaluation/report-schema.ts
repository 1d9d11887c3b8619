/** The shape of report.json: numbers, not strings; what is unknown is null, never 0. */
import { z } from 'zod';
import { observations } from '../api/observations.ts';

const observation = z.enum(observations);
const share = z.number().min(0).max(1);
const seconds = z.number().min(0);
const count = z.int().min(0);
const losses = z.strictObject({ train: z.number(), validation: z.number().nullable() });

/** An AUC with its 95 % patient bootstrap interval. */
const auc = { auc: share.nullable(), aucLow: share.nullable(), aucHigh: share.nullable() };
/** Ours minus the baseline's, with the 95 % paired patient bootstrap interval. */
const difference = { difference: z.number().nullable(), differenceLow: z.number().nullable(), differenceHigh: z.number().nullable() };
/** How many observations have both labels and so count in a macro figure. */
const counted = { observations: count };

const autoencoder = z.strictObject({
  observation,
  /** Source films, flips not counted. */
  images: count,
  epochs: count,
  bestEpoch: count,
  stoppedEarly: z.boolean(),
  lossKind: z.enum(['MeanAbsoluteError', 'MeanSquaredError']),
  loss: losses,
  meanSquaredError: losses,
  seconds,
  /** Flips counted. */
  imagesPerSecond: z.number(),
  attempts: count.nullable(),
  cost: z.number().nullable(),
});

const head = { parameters: count, epochs: count, bestEpoch: count, loss: losses };

const judged = z.strictObject({
  observation,
  positives: count,
  negatives: count,
  /** Left out of every figure. */
  uncertain: count,
  ...auc,
  averagePrecision: share.nullable(),
  /** null for the head Softmax, whose scores are no probabilities. */
  brier: share.nullable(),
  /** The highest with recall >= 0.90; recall and specificity at it are in-sample. */
  threshold: z.number().nullable(),
  recall: share.nullable(),
  specificity: share.nullable(),
});

const subgroup = z.strictObject({
  attribute: z.enum(['sex', 'age', 'projection', 'view']),
  group: z.string(),
  films: count,
  patients: count,
  ...auc,
  /** AUC of all films over the same observations: what the group's figure is to be compared with. */
  aucOfAll: share.nullable(),
  ...counted,
});

const studyEntry = z.strictObject({
  observation,
  study: z.strictObject({ seconds, trainError: z.number(), validationError: z.number(), imagesPerSecond: z.number() }),
  /** Mean absolute errors, as the study's are; null where another loss was trained or nothing was. */
  ours: z.strictObject({ seconds, trainError: z.number().nullable(), validationError: z.number().nullable(), imagesPerSecond: z.number() }).nullable(),
});

export const reportSchema = z.strictObject({
  version: z.literal(1),
  /** Milliseconds since 1970. */
  finishedAt: z.int(),
  training: z.strictObject({ namespace: z.string(), name: z.string(), seed: z.int(), specDigest: z.string(), dataDigest: z.string() }),
  /** Spec path to value, only where it differs from the default, and `dataDigest`: what the digest of the last step stands for. */
  settings: z.record(z.string(), z.json()),
  data: z.strictObject({
    films: z.strictObject({ train: count, valid: count }),
    patients: z.strictObject({ train: count, valid: count }).nullable(),
    /** Patients with films in both: more than 0 flatters every figure. */
    patientsInBothSplits: count.nullable(),
  }),
  autoencoders: z.array(autoencoder),
  combined: z.strictObject({
    ...head,
    architecture: z.union([z.literal(1), z.literal(2)]),
    head: z.enum(['Sigmoid', 'Softmax']),
    backbone: z.enum(['InceptionResNetV2', 'Small', 'None']),
    backbonePretrained: z.boolean().nullable(),
    /** Autoencoders whose differences it reads. */
    sources: z.array(observation),
  }),
  observations: z.array(judged),
  /** Mean over the observations that have both labels. */
  macro: z.strictObject({ ...auc, averagePrecision: share.nullable(), ...counted }),
  intervals: z.strictObject({ level: z.literal(0.95), unit: z.literal('patient'), patients: count, resamples: count }),
  /** The same backbone and head without the differences. */
  baseline: z
    .strictObject({
      ...head,
      macro: z.strictObject({ auc: share.nullable(), averagePrecision: share.nullable(), ...difference }),
      observations: z.array(z.strictObject({ observation, auc: share.nullable(), ...difference })),
    })
    .nullable(),
  /** One score a study, the mean of its films; null where the data set has no studies. */
  perStudy: z
    .strictObject({
      studies: count,
      macro: z.strictObject({ ...auc, ...counted }),
      observations: z.array(z.strictObject({ observation, positives: count, negatives: count, ...auc })),
    })
    .nullable(),
  subgroups: z.array(subgroup),
  stages: z.array(z.strictObject({ stage: z.string(), observation: observation.optional(), attempts: count, seconds, gpus: count.nullable(), cost: z.number().nullable() })),
  cost: z.strictObject({
    currency: z.string().nullable(),
    /** null where a part of the work has no known price. */
    spent: z.number().nullable(),
    priceSource: z.string().nullable(),
    priceDate: z.string().nullable(),
  }),
  /** In which at least one step worked: waiting, pauses and the time between two runs do not count. */
  seconds,
  study: z.strictObject({
    source: z.string(),
    autoencoders: z.array(studyEntry),
    /** Sums over the autoencoders; ours only where all of the study's were trained. */
    autoencoderHours: z.strictObject({ study: z.number(), ours: z.number().nullable() }),
    /** Of all Pods while they held GPUs; ours 0 where none did, null where that is unknown. The study's are its autoencoders'. */
    gpuHours: z.strictObject({ study: z.number(), ours: z.number().nullable() }),
    wallDays: z.strictObject({ study: z.number(), ours: z.number() }),
    spentDollars: z.strictObject({ study: z.number(), ours: z.number().nullable() }),
    /** Why its figures are not to be compared as they stand. */
    defects: z.array(z.strictObject({ study: z.string(), here: z.string() })),
    combined: z.strictObject({ parameters: count, epochs: count, loss: z.number(), hoursPerEpoch: z.strictObject({ low: z.number(), high: z.number() }) }),
  }),
  skipped: z.array(z.strictObject({ observation, state: z.enum(['skipped', 'failed']), reason: z.string() })),
  rejected: z.strictObject({ count, reasons: z.array(z.string()) }),
  versions: z.record(z.string(), z.string()),
  engine: z.string(),
  device: z.string(),
});

/** report.json, parsed. */
export type Report = z.output<typeof reportSchema>;
export type JudgedObservation = Report['observations'][number];
export type ReportedAutoencoder = Report['autoencoders'][number];
