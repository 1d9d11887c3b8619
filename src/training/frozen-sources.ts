import { createHash } from 'node:crypto';
import type { Engine } from '../engines/engine.ts';
import { autoencoder } from '../models/autoencoder.ts';
import { inceptionResNetV2 } from '../models/inception-resnet-v2.ts';
import type { Storage } from '../storage/storage.ts';
import { backboneSource, differenceSource } from './frozen-source.ts';
import type { FrozenModel } from './frozen-source.ts';
import { ModelFileError } from './hdf5.ts';
import { readInceptionResNetV2, readWeights } from './keras-h5.ts';
import type { ModelDescription } from './model-description.ts';

/** The frozen networks of a combined model. */
export interface FrozenSources {
  /** Of Inception-ResNet-v2; null for the others, which have no frozen part. */
  readonly backbone: FrozenModel | null;
  /** One for each autoencoder, in label order. */
  readonly differences: readonly FrozenModel[];
  dispose(): void;
}

export interface FrozenOptions {
  readonly storage: Storage;
  readonly engine: Engine;
  /** Folder of the run. */
  readonly root: string;
  readonly description: ModelDescription;
}

/**
 * Loads them one by one, so that one file at a time is in memory. Throws ModelFileError, also where the backbone's file
 * is not the one described, StorageError, EngineError.
 */
export async function openFrozenSources(options: FrozenOptions): Promise<FrozenSources> {
  const opened: FrozenModel[] = [];
  const dispose = () => {
    for (const source of opened) source.dispose();
  };
  try {
    const backbone = await openBackbone(options);
    if (backbone !== null) opened.push(backbone);
    const differences: FrozenModel[] = [];
    for (const part of options.description.autoencoders) {
      const source = await openDifference(options, part);
      opened.push(source);
      differences.push(source);
    }
    return { backbone, differences, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function openBackbone({ storage, engine, description }: FrozenOptions): Promise<FrozenModel | null> {
  const { backbone, backboneWeightsUri: uri, backboneDigest, size, seed } = description;
  if (backbone !== 'InceptionResNetV2') return null;
  if (uri === null) return backboneSource(engine, { size, seed, weights: null });
  const file = await storage.read(uri);
  if (createHash('sha256').update(file).digest('hex') !== backboneDigest) {
    throw new ModelFileError(`Cannot load the backbone: ${uri} has changed since this model was trained with it; put the former file back, or run the training again`);
  }
  return backboneSource(engine, { size, seed, weights: await readInceptionResNetV2(file, inceptionResNetV2({ size }), uri) });
}

async function openDifference({ storage, engine, root, description }: FrozenOptions, { observation, file }: ModelDescription['autoencoders'][number]): Promise<FrozenModel> {
  const { size, width } = description;
  const uri = `${root}/${file}`;
  const weights = await readWeights(await storage.read(uri), autoencoder({ size, width, loss: 'MeanAbsoluteError' }), uri);
  return differenceSource(engine, { observation, size, width, weights });
}
