import { createHash } from 'node:crypto';
import type { Model, Tensors } from '../engines/engine.ts';
import { initialFrozen } from '../engines/initialise.ts';
import { nameInPart } from '../models/joined.ts';
import type { FrozenPart } from '../models/joined.ts';
import type { Storage } from '../storage/storage.ts';
import { ModelFileError } from './hdf5.ts';
import { readInceptionResNetV2, readWeights } from './keras-h5.ts';
import { networksOf } from './model-description.ts';
import type { ModelDescription } from './model-description.ts';

export interface FrozenOptions {
  readonly storage: Storage;
  /** Folder of the run. */
  readonly root: string;
  readonly description: ModelDescription;
}

/**
 * Gives a combined model the weights of its frozen parts, one file at a time. Throws ModelFileError, also where the
 * backbone's file is not the one described, StorageError, EngineError.
 */
export async function setFrozenWeights(model: Model, options: FrozenOptions): Promise<void> {
  for await (const weights of readFrozenWeights(options)) model.setFrozen(weights);
}

/** The frozen weights of a combined model by their names in it, part by part. Throws as `setFrozenWeights`. */
export async function* readFrozenWeights({ storage, root, description }: FrozenOptions): AsyncGenerator<Tensors> {
  const { backbone, autoencoders } = networksOf(description);
  if (backbone !== null) yield inPart(backbone, await readBackbone(backbone, { storage, root, description }));
  for (const [index, part] of autoencoders.entries()) {
    const uri = `${root}/${description.autoencoders[index]?.file ?? ''}`;
    yield inPart(part, await readWeights(await storage.read(uri), part.network, uri));
  }
}

/** Without a file they are random, from the seed. */
async function readBackbone({ network }: FrozenPart, { storage, description }: FrozenOptions): Promise<Tensors> {
  const { backboneWeightsUri: uri, backboneDigest, seed } = description;
  if (uri === null) return initialFrozen(network, seed);
  const file = await storage.read(uri);
  if (createHash('sha256').update(file).digest('hex') !== backboneDigest) {
    throw new ModelFileError(`Cannot load the backbone: ${uri} has changed since this model was trained with it; put the former file back, or run the training again`);
  }
  return readInceptionResNetV2(file, network, uri);
}

function inPart(part: FrozenPart, weights: Tensors): Tensors {
  return new Map([...weights].map(([name, tensor]) => [nameInPart(part, name), tensor]));
}
