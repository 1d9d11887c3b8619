import type { Model, Tensor } from '../engines/engine.ts';
import { encodeCombined } from '../engines/tensorflow/inference-model.ts';
import { parameterCount } from '../models/weights.ts';
import { layout } from '../plan/layout.ts';
import { readFrozenWeights } from '../training/frozen-weights.ts';
import type { ModelDescription } from '../training/model-description.ts';
import type { CombinedTraining } from './heads.ts';

/** A protobuf cannot be larger than 2 GiB, and few want to load half of that at once. */
const largestBytes = 1e9;

/** Writes the whole combined model for TensorFlow, head and frozen parts, where it is below 1 GB; says so where it is not. */
export async function writeSavedModel(model: Model, description: ModelDescription, { step, tools }: CombinedTraining): Promise<void> {
  const bytes = 4 * parameterCount(model.network);
  if (bytes > largestBytes) {
    tools.log(`No saved_model of the combined model: it would have ${(bytes / 1e9).toFixed(1)} GB. head.h5 and the saved_model of each autoencoder are there`);
    return;
  }
  const weights = new Map<string, Tensor>(await model.getWeights());
  for await (const part of readFrozenWeights({ storage: tools.storage, root: layout(step.root).root, description })) {
    for (const [name, tensor] of part) weights.set(name, tensor);
  }
  const encoded = encodeCombined({ network: model.network, weights });
  await tools.fence();
  await tools.storage.write(layout(step.root).combined.savedModel, encoded);
}
