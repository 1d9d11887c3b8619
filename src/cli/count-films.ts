import { arrangeFilms } from '../dataset/catalog.ts';
import { readDataset } from '../dataset/read-dataset.ts';
import { DatasetError } from '../dataset/reading.ts';
import { countShared, splitByPatient } from '../dataset/split.ts';
import type { TrainingSpec } from '../api/schema.ts';
import type { CatalogResult } from '../plan/result.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import type { Storage } from '../storage/storage.ts';
import { withoutSlash } from '../storage/uri.ts';
import type { EarlierSteps } from './earlier-steps.ts';

/** How many films there are, and how that is known. */
export interface FilmCount {
  readonly catalog: CatalogResult;
  readonly source: 'catalog' | 'tables';
}

/**
 * Counts as the catalog step would, without writing: from its result where it is finished, else from the data set
 * itself. Throws ExitError 65 or 66 where the data set cannot be used.
 */
export async function countFilms(storage: Storage, { spec, finished }: { spec: TrainingSpec; finished: EarlierSteps['finished'] }): Promise<FilmCount> {
  const outcome = finished.get('catalog');
  if (outcome?.state === 'succeeded' && outcome.result.stage === 'catalog') return { catalog: outcome.result, source: 'catalog' };
  return { catalog: await countInDataset(storage, spec), source: 'tables' };
}

async function countInDataset(storage: Storage, { dataset, seed, preprocess }: TrainingSpec): Promise<CatalogResult> {
  try {
    const reading = await readDataset({ storage, uri: withoutSlash(dataset.uri) }, dataset.layout);
    const splits = splitByPatient(reading, { validationFraction: dataset.validationFraction, seed });
    const { train, valid } = arrangeFilms(splits, { shards: preprocess.shards, seed });
    return {
      stage: 'catalog',
      dataDigest: reading.dataDigest,
      films: { train: train.films, valid: valid.films },
      patients: { train: train.patients, valid: valid.patients },
      patientsInBothSplits: countShared(splits),
      shards: { train: train.shards.length, valid: valid.shards.length },
      images: { train: [...train.positives], valid: [...valid.positives] },
      rejected: { count: reading.rejected.length, reasons: [] },
      seconds: 0,
    };
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    throw new ExitError(error.kind === 'Missing' ? exitCodes.missingInput : exitCodes.data, error.message, { cause: error });
  }
}
