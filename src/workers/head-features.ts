import type { Model } from '../engines/engine.ts';
import { keepFeatures, keptBytes } from '../training/features.ts';
import type { Features } from '../training/features.ts';
import type { Splits } from './split-films.ts';
import { Interrupted } from './tools.ts';
import type { Tools } from './tools.ts';

/** Differences beyond this are computed for each batch: those of the whole CheXpert would take terabytes. */
export const differenceBudgetBytes = 8 * 2 ** 30;
/** Share of the free scratch space that features may take. */
const diskShare = 0.8;

export interface HeadFeaturesOptions {
  /** Names the scratch files. */
  readonly name: string;
  /** Computes them. */
  readonly model: Model;
  /** Junctions of the model. */
  readonly junctions: readonly string[];
  readonly films: Splits;
  /** Of the training films; validation films are only read as they are. */
  readonly variants: 1 | 4;
  readonly batchSize: number;
  /** Most bytes to keep on disk. */
  readonly budgetBytes: number;
  readonly tools: Tools;
  /** Share of this work that is done. */
  onProgress(ratio: number): void;
}

export interface SplitFeatures {
  readonly train: Features;
  readonly valid: Features;
}

/** Features of both splits, made when they are first asked for: a training that is already finished needs none. */
export interface LazyFeatures {
  /** Kept on scratch disk; null where they do not fit and are to be computed for each batch. */
  open(): Promise<SplitFeatures | null>;
  close(): Promise<void>;
}

export function headFeatures(options: HeadFeaturesOptions): LazyFeatures {
  let made: Promise<SplitFeatures | null> | null = null;
  return {
    open: () => (made ??= makeFeatures(options)),
    close: async () => {
      const features = await made?.catch(() => null);
      await features?.train.close();
      await features?.valid.close();
    },
  };
}

async function makeFeatures(options: HeadFeaturesOptions): Promise<SplitFeatures | null> {
  const { name, model, junctions, films, variants, tools } = options;
  const trainBytes = keptBytes({ model, names: junctions, films: films.train.count, variants });
  const validBytes = keptBytes({ model, names: junctions, films: films.valid.count, variants: 1 });
  const room = Math.min(options.budgetBytes, diskShare * (await tools.scratch.freeBytes()));
  if (trainBytes + validBytes > room) {
    tools.log(`The ${name} of all films do not fit on scratch disk: they are computed for each batch`, { warning: true, bytes: trainBytes + validBytes, room });
    return null;
  }
  const share = trainBytes / (trainBytes + validBytes);
  const onProgress = (ratio: number) => {
    if (tools.signal.aborted) throw new Interrupted();
    options.onProgress(ratio);
  };
  const kept = { model, names: junctions, batchSize: options.batchSize, folder: tools.scratch.folder };
  const train = await keepFeatures({ ...kept, films: films.train, variants, name: `${name}-train`, onProgress: (ratio) => onProgress(ratio * share) });
  try {
    return { train, valid: await keepFeatures({ ...kept, films: films.valid, variants: 1, name: `${name}-valid`, onProgress: (ratio) => onProgress(share + ratio * (1 - share)) }) };
  } catch (error) {
    await train.close();
    throw error;
  }
}
