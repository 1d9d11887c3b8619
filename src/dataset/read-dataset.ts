import { digestCheXpert, readCheXpert } from './chexpert.ts';
import { digestClassFolders, readClassFolders } from './class-folders.ts';
import { DatasetError } from './reading.ts';
import { pathBelow } from '../storage/uri.ts';
import type { Reading, Source } from './reading.ts';

export type DatasetLayout = 'Auto' | Reading['layout'];

/** Reads a data set by its layout; Auto takes the tables where there are any. Throws DatasetError where there is none. */
export async function readDataset(source: Source, layout: DatasetLayout): Promise<Reading> {
  const tables = layout === 'ClassFolders' ? null : await readCheXpert(source);
  const reading = tables ?? (layout === 'CheXpert' ? null : await readClassFolders(source));
  return reading ?? fail(source, layout);
}

/** The `dataDigest` that `readDataset` gives, without making films of what is read. */
export async function digestDataset(source: Source, layout: DatasetLayout): Promise<string> {
  const tables = layout === 'ClassFolders' ? null : await digestCheXpert(source);
  const digest = tables ?? (layout === 'CheXpert' ? null : await digestClassFolders(source));
  return digest ?? fail(source, layout);
}

const wanted = {
  Auto: 'neither train.csv nor valid.csv nor {train,valid}/<Observation>/',
  CheXpert: 'neither train.csv nor valid.csv',
  ClassFolders: 'no {train,valid}/<Observation>/',
} as const;

async function fail(source: Source, layout: DatasetLayout): Promise<never> {
  for await (const { uri } of source.storage.list(source.uri)) {
    const found = pathBelow(source.uri, uri);
    throw new DatasetError('Missing', `Cannot read ${source.uri}: it holds ${wanted[layout]}, but for example "${found}"; set dataset.uri to the folder that holds them`);
  }
  throw new DatasetError('Missing', `Cannot read ${source.uri}: nothing is there; set dataset.uri to the folder that holds train.csv or {train,valid}/<Observation>/`);
}
