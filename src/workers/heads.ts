import type { Engine, Model } from '../engines/engine.ts';
import type { CombinedNetworks } from '../models/combined-networks.ts';
import type { CombinedStep } from '../plan/step.ts';
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
  readonly combined: Model;
  readonly baseline: Model | null;
}

/** Both with their initial weights. */
export function loadHeads({ head, baseline }: CombinedNetworks, { step, engine }: CombinedTraining): Heads {
  const learning = { seed: step.seed, adam: { ...adam, learningRate: step.learningRate } };
  return { combined: engine.load(head, learning), baseline: baseline === null ? null : engine.load(baseline, learning) };
}
