import type { Engine, Model } from '../engines/engine.ts';
import { baselineHead, combinedHead } from '../models/combined.ts';
import type { CombinedHeadOptions } from '../models/combined.ts';
import type { CombinedStep } from '../plan/step.ts';
import type { FrozenSources } from '../training/frozen-sources.ts';
import { headOptionsOf } from '../training/model-description.ts';
import type { ModelDescription } from '../training/model-description.ts';
import { adam } from './adam.ts';
import type { Tools } from './tools.ts';

/** What the combined recipe is given. */
export interface CombinedTraining {
  readonly step: CombinedStep;
  readonly tools: Tools;
  readonly engine: Engine;
}

/** The head, and the same without the autoencoders: the baseline, which a model without backbone has not. */
export interface Heads {
  readonly options: CombinedHeadOptions;
  readonly combined: Model;
  readonly baseline: Model | null;
}

/** Both with their initial weights. */
export function loadHeads(description: ModelDescription, sources: FrozenSources, { step, engine }: CombinedTraining): Heads {
  const options = headOptionsOf(description, sources.backbone?.width ?? null);
  const learning = { seed: step.seed, adam: { ...adam, learningRate: step.learningRate } };
  const baseline = baselineHead(options);
  return { options, combined: engine.load(combinedHead(options), learning), baseline: baseline === null ? null : engine.load(baseline, learning) };
}
