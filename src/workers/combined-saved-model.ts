import type { Model } from '../engines/engine.ts';
import { encodeCombined } from '../engines/tensorflow/inference-model.ts';
import type { WeightedNetwork } from '../engines/tensorflow/inference-model.ts';
import { layout } from '../plan/layout.ts';
import type { FrozenSources } from '../training/frozen-sources.ts';
import type { CombinedTraining } from './heads.ts';

/** A protobuf cannot be larger than 2 GiB, and few want to load half of that at once. */
const largestBytes = 1e9;

export interface SavedModelOptions {
  readonly sources: FrozenSources;
  /** Of the whole model. */
  readonly parameters: number;
  readonly training: CombinedTraining;
}

/** Writes the whole combined model for TensorFlow, head and frozen parts, where it is below 1 GB; says so where it is not. */
export async function writeSavedModel(head: Model, { sources, parameters, training: { step, tools } }: SavedModelOptions): Promise<void> {
  const bytes = 4 * parameters;
  if (bytes > largestBytes) {
    tools.log(`No saved_model of the combined model: it would have ${(bytes / 1e9).toFixed(1)} GB. head.h5 and the saved_model of each autoencoder are there`);
    return;
  }
  const autoencoders = new Map<string, WeightedNetwork>();
  for (const source of sources.differences) autoencoders.set(source.input, await source.weighted());
  const backbone = sources.backbone === null ? null : await sources.backbone.weighted();
  const model = encodeCombined({ head: { network: head.network, weights: await head.getWeights() }, backbone, autoencoders }, step.size);
  await tools.fence();
  await tools.storage.write(layout(step.root).combined.savedModel, model);
}
