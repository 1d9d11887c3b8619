/**
 * evaluation/ judges predictions and writes the report: functions of plain values, no file, no clock, no chance
 * (the bootstrap has its own seeded generator). This file is what the combined worker hands it.
 */
import type { Observation } from '../api/observations.ts';
import type { Report } from './report-schema.ts';

/** Everything the report says, as the worker knows it. What is unknown is null, never 0. */
export interface ReportInput {
  readonly training: {
    readonly namespace: string;
    readonly name: string;
    readonly seed: number;
    readonly specDigest: string;
    readonly dataDigest: string;
  };
  /** `settings` of the combined Step: spec path to value, only where it differs from the default, and `dataDigest`. */
  readonly settings: Report['settings'];
  readonly preprocessing: Preprocessing;
  /** The outputs of the head, in label order: what `labels` and the scores of a film stand for. */
  readonly observations: readonly Observation[];
  readonly data: {
    /** Films that were read, by split. */
    readonly films: { readonly train: number; readonly valid: number };
    readonly patients: { readonly train: number; readonly valid: number } | null;
    /** Patients with films in both splits. */
    readonly patientsInBothSplits: number | null;
    /** Of catalog and preprocess together; the first reasons, each naming its film. */
    readonly rejected: { readonly count: number; readonly reasons: readonly string[] };
  };
  /** Validation films with both models' scores. */
  readonly films: readonly FilmPrediction[];
  /** Trained autoencoders in label order: the sources of the combined model. */
  readonly autoencoders: readonly AutoencoderOutcome[];
  /** Observations without an autoencoder (`missing` of the combined Step). */
  readonly missing: readonly { readonly observation: Observation; readonly state: 'skipped' | 'failed'; readonly reason: string }[];
  readonly combined: CombinedOutcome;
  /** The same backbone and head without the differences; null for backbone None. */
  readonly baseline: HeadOutcome | null;
  /** `account` of the combined Step, with an entry for the combined step itself at the end. */
  readonly account: Account;
  readonly engine: string;
  /** What it ran on, for people: `wasm, 1 thread`. */
  readonly device: string;
  /** By name: `chex-operator`, `node`, the engine's libraries. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface Preprocessing {
  /** Side of the square films in pixels. */
  readonly size: number;
  readonly clahe: { readonly clipLimit: number; readonly tiles: number } | null;
  readonly augment: 'OnRead' | 'Materialise' | 'None';
  readonly encoding: 'Jpeg' | 'Png';
  readonly quality: number;
}

/** One validation film. Lists follow `ReportInput.observations`. */
export interface FilmPrediction {
  readonly path: string;
  readonly patient: string;
  /** Names a study among all patients' (`patient00001/study1`); null where the data set has no studies. */
  readonly study: string | null;
  /** 0 = absent or blank, 1 = present, 2 = uncertain, as in the records. */
  readonly labels: ArrayLike<number>;
  /** 0 to 1. */
  readonly scores: ArrayLike<number>;
  readonly baselineScores: ArrayLike<number> | null;
  /** As the table has it: `Male`, `Female`, ... */
  readonly sex: string | null;
  /** Years. */
  readonly age: number | null;
  /** As the table has it: `Frontal` or `Lateral`. */
  readonly view: string | null;
  /** As the table has it: `AP` or `PA`. */
  readonly projection: string | null;
}

/** Mean loss over the films of an epoch; validation is null where there was no validation film. */
export interface Losses {
  readonly train: number;
  readonly validation: number | null;
}

export interface AutoencoderOutcome {
  readonly observation: Observation;
  /** Source films it trained on, flips not counted. */
  readonly images: number;
  readonly epochs: number;
  /** Epoch whose weights were kept, from 1. */
  readonly bestEpoch: number;
  readonly stoppedEarly: boolean;
  /** What `loss` measures. */
  readonly lossKind: 'MeanAbsoluteError' | 'MeanSquaredError';
  readonly loss: Losses;
  readonly meanSquaredError: Losses;
  readonly seconds: number;
  /** Films a second, flips counted. */
  readonly imagesPerSecond: number;
  /** Loss of every epoch, first to last. */
  readonly history: readonly Losses[];
  /** A film and what the autoencoder makes of it, as PNG files; validation film where there is one. */
  readonly examples: readonly { readonly original: Uint8Array; readonly reconstruction: Uint8Array }[];
}

/** A trained head: the combined model or the baseline. */
export interface HeadOutcome {
  /** Of the whole model, frozen parts counted. */
  readonly parameters: number;
  readonly epochs: number;
  /** The epoch that was kept, from 1: that of least validation loss; without validation films the last. */
  readonly bestEpoch: number;
  readonly loss: Losses;
  readonly history: readonly Losses[];
}

export interface CombinedOutcome extends HeadOutcome {
  readonly architecture: 1 | 2;
  readonly head: 'Sigmoid' | 'Softmax';
  readonly backbone: 'InceptionResNetV2' | 'Small' | 'None';
  /** false for backboneWeights Random; null where the backbone is trained with the head or there is none. */
  readonly backbonePretrained: boolean | null;
}

export interface Account {
  /** Seconds in which at least one step worked: waiting, pauses and the time between two runs do not count. */
  readonly workedSeconds: number;
  /** Milliseconds since 1970, now. */
  readonly finishedAt: number;
  readonly currency: string | null;
  readonly priceSource: string | null;
  /** Day of the prices, such as 2026-11-01. */
  readonly priceDate: string | null;
  readonly entries: readonly {
    readonly observation?: Observation | undefined;
    readonly stage: string;
    readonly attempts: number;
    /** Of its Pods, from start to end. */
    readonly seconds: number;
    /** That each of them held; null = unknown. */
    readonly gpus: number | null;
    /** null = no price is known. */
    readonly cost: number | null;
  }[];
}
