import type { Model } from '../engines/engine.ts';
import { layout } from '../plan/layout.ts';
import { variantsInEpoch } from '../plan/step.ts';
import { Checkpoints } from '../training/checkpoint.ts';
import { openEventLog } from '../training/event-log.ts';
import { filmsAsTheyAre, predictedFeatures } from '../training/features.ts';
import type { Features } from '../training/features.ts';
import type { Fitted } from '../training/fit.ts';
import { headData } from '../training/head-data.ts';
import type { CombinedTraining, Heads } from './heads.ts';
import { differenceBudgetBytes, headFeatures } from './head-features.ts';
import type { LazyFeatures } from './head-features.ts';
import { partOf } from './progress-part.ts';
import type { Splits } from './split-films.ts';
import { train } from './train.ts';

export interface HeadTraining extends CombinedTraining {
  readonly films: Splits;
  readonly heads: Heads;
}

export interface FittedHeads {
  readonly combined: Fitted;
  readonly baseline: Fitted | null;
}

/** Trains the head, then the baseline's, with the same seed, order, epochs and selection. */
export async function trainHeads(training: HeadTraining): Promise<FittedHeads> {
  const { heads } = training;
  const { backbone, differences } = featuresOf(training);
  try {
    const combined = await fitHead(training, { name: 'head', model: heads.combined, kept: [...backbone, ...differences], otherwise: filmsAsTheyAre, progress: [0.3, 0.8] });
    if (heads.baseline === null) return { combined, baseline: null };
    // It has no backbone of its own.
    const predicted = predictedFeatures(heads.combined, heads.features.backbone);
    return { combined, baseline: await fitHead(training, { name: 'baseline', model: heads.baseline, kept: backbone, otherwise: predicted, progress: [0.8, 0.95] }) };
  } finally {
    for (const features of [...backbone, ...differences]) await features.close();
  }
}

/** Each a list of one, or empty where the model has no such part. */
function featuresOf({ step, films, heads, tools }: HeadTraining): { backbone: LazyFeatures[]; differences: LazyFeatures[] } {
  const common = { model: heads.combined, films, variants: variantsInEpoch(step.augment), batchSize: step.batchSize, tools };
  const progress = (from: number, to: number) => {
    const report = partOf(tools, { from, to, message: 'features of the frozen networks' });
    return (ratio: number) => report({ ratio });
  };
  const { backbone, differences } = heads.features;
  const middle = backbone.length === 0 ? 0 : 0.15;
  return {
    backbone: backbone.length === 0 ? [] : [headFeatures({ ...common, name: 'backbone features', junctions: backbone, budgetBytes: Infinity, onProgress: progress(0, middle) })],
    differences: differences.length === 0 ? [] : [headFeatures({ ...common, name: 'differences', junctions: differences, budgetBytes: differenceBudgetBytes, onProgress: progress(middle, 0.3) })],
  };
}

interface HeadFit {
  readonly name: 'head' | 'baseline';
  readonly model: Model;
  readonly kept: readonly LazyFeatures[];
  /** What it is fed with where some of these could not be kept. */
  readonly otherwise: Features;
  /** Which part of the step it is, from 0 to 1. */
  readonly progress: readonly [from: number, to: number];
}

function fitHead({ step, films, heads, tools, engine }: HeadTraining, { name, model, kept, otherwise, progress: [from, to] }: HeadFit): Promise<Fitted> {
  const paths = layout(step.root).combined;
  const { storage, fence, now, signal, log } = tools;
  const { seed, batchSize, observations, head, uncertain } = step;
  const of = (split: 'train' | 'valid') => ({
    films: films[split],
    features: async () => {
      const features = await Promise.all(kept.map(async (both) => (await both.open())?.[split] ?? otherwise));
      return heads.features.films ? [...features, filmsAsTheyAre] : features;
    },
  });
  return train({
    model,
    data: headData({
      train: of('train'),
      valid: of('valid'),
      variants: variantsInEpoch(step.augment),
      ...{ batchSize, seed },
      targets: { observations, head, uncertain },
    }),
    epochs: step.epochs,
    selection: 'best',
    earlyStopping: null,
    checkpoints: new Checkpoints({ storage, folder: `${paths.checkpoints}/${name}`, digest: step.digest, run: step.run, engine, fence, warn: (message) => log(message, { warning: true }) }),
    checkpointEverySeconds: step.checkpointEverySeconds,
    events: openEventLog({ storage, folder: `${paths.logs}/${name}`, fence, now }),
    report: partOf(tools, { from, to, message: name === 'head' ? 'trains the head' : 'trains the baseline without autoencoders' }),
    ...{ signal, now },
  });
}
