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

/** What is trained, and what it is fed with. */
export interface Heads {
  /** The head with the frozen parts that it reads. */
  readonly combined: Model;
  /** The head without the autoencoders, which a model without backbone has not. */
  readonly baseline: Model | null;
  readonly features: HeadFeatureNames;
}

export interface HeadFeatureNames {
  /** Whether the heads themselves read the films: their backbone is trained with them. */
  readonly films: boolean;
  /** Junctions of the combined model: one or none, and one for each autoencoder. */
  readonly backbone: readonly 'backbone'[];
  readonly differences: readonly string[];
}

/** Both with the initial weights of what is trained. */
export function loadHeads({ combined, head, baseline, backbone, autoencoders }: CombinedNetworks, { step, engine }: CombinedTraining): Heads {
  const learning = { seed: step.seed, adam: { ...adam, learningRate: step.learningRate } };
  const features = {
    films: head.nodes.some(({ name }) => name === 'image'),
    backbone: backbone === null ? [] : (['backbone'] as const),
    differences: autoencoders.map(({ input }) => input),
  };
  return { combined: engine.load(combined, learning), baseline: baseline === null ? null : engine.load(baseline, learning), features };
}
