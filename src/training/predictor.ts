import type { Observation } from '../api/observations.ts';
import type { Engine } from '../engines/engine.ts';
import type { Storage } from '../storage/storage.ts';
import { setFrozenWeights } from './frozen-weights.ts';
import { readWeights } from './keras-h5.ts';
import { networksOf, readDescription, readPreprocessing } from './model-description.ts';
import type { ModelDescription, Preprocessing } from './model-description.ts';
import { scoresByFilm } from './score.ts';

/** A trained combined model that scores films. */
export interface Predictor {
  /** What the scores stand for, in label order. */
  readonly observations: readonly Observation[];
  /** Films, uint8 [n, size, size], to a row of probabilities each. */
  score(pixels: Uint8Array): Promise<Float32Array[]>;
  dispose(): void;
}

export interface ModelFiles {
  readonly storage: Storage;
  /** Folder of the run. */
  readonly root: string;
  /** URIs of head.h5 and preprocessing.json. */
  readonly weights: string;
  readonly preprocessing: string;
}

/** What stands in the files of a trained model; nothing is loaded onto an engine yet. */
export interface TrainedModel {
  readonly files: ModelFiles;
  readonly head: Uint8Array;
  readonly description: ModelDescription;
  readonly preprocessing: Preprocessing;
}

/** Reads what a trained model is made of. Throws ModelFileError where its files are damaged, StorageError where they are missing. */
export async function readModel(files: ModelFiles): Promise<TrainedModel> {
  const head = await files.storage.read(files.weights);
  const preprocessing = readPreprocessing(await files.storage.read(files.preprocessing), files.preprocessing);
  return { files, head, description: await readDescription(head, files.weights), preprocessing };
}

/** Loads a trained model with all its parts. Throws ModelFileError, StorageError, EngineError. */
export async function openPredictor({ files, head, description }: TrainedModel, engine: Engine): Promise<Predictor> {
  const { storage, root, weights } = files;
  const networks = networksOf(description);
  const model = engine.load(networks.combined, { seed: description.seed });
  try {
    await setFrozenWeights(model, { storage, root, description });
    model.setWeights(await readWeights(head, networks.head, weights));
  } catch (error) {
    model.dispose();
    throw error;
  }
  return {
    observations: description.observations,
    score: async (pixels) => scoresByFilm((await model.predict({ image: pixels }, ['score'])).score, description.observations.length),
    dispose: () => model.dispose(),
  };
}
