import { stringify } from 'csv-stringify/sync';
import { labelOf } from '../api/observations.ts';
import { arrangeFilms } from '../dataset/catalog.ts';
import type { CatalogSplit } from '../dataset/catalog.ts';
import { writeFilms } from '../dataset/films.ts';
import { digestDataset, readDataset } from '../dataset/read-dataset.ts';
import { DatasetError } from '../dataset/reading.ts';
import type { Reading, Rejected, Source } from '../dataset/reading.ts';
import { countShared, splitByPatient } from '../dataset/split.ts';
import { layout } from '../plan/layout.ts';
import type { CatalogResult } from '../plan/result.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import type { CatalogStep } from '../plan/step.ts';
import { withoutSlash } from '../storage/uri.ts';
import { Interrupted } from './tools.ts';
import type { Tools } from './tools.ts';

interface Work {
  readonly step: CatalogStep;
  readonly tools: Tools;
}
type Splits = Record<'train' | 'valid', CatalogSplit>;

/**
 * Reads what the data set says about its films, splits it by patient, shuffles it and writes the catalog: the films
 * of each shard, what was rejected, and the counts. Throws ExitError where there is nothing to train on.
 */
export async function runCatalog({ step, tools }: Work): Promise<CatalogResult> {
  const startedAt = tools.now();
  const reading = await orExitError(readDataset(sourceOf({ step, tools }), step.dataset.layout));
  const split = splitByPatient(reading, { validationFraction: step.dataset.validationFraction, seed: step.seed });
  demandFilms(step, reading, split.train.length);
  if (asksForHeldOut(step, reading) && split.valid.length === reading.valid.length) {
    tools.log(`no patient of ${step.dataset.uri} can be held out for validation: train has only one; the films name no others in their paths`, { warning: true });
  }
  const shared = countShared(split);
  if (shared > 0) {
    tools.log(`patients with films in both splits of ${step.dataset.uri}: ${shared}; the splits stay as they are given, so validation flatters the model a little`, { warning: true, shared });
  }
  const splits = arrangeFilms(split, { shards: step.shards, seed: step.seed });
  await writeCatalog({ step, tools }, { reading, splits, shared });
  return resultOf({ reading, splits, shared, seconds: (tools.now() - startedAt) / 1000 });
}

/** The digest of the data as it is now: whether finished work of a run belongs to it. */
export async function dataDigestOf({ step, tools }: Work): Promise<string> {
  return orExitError(digestDataset(sourceOf({ step, tools }), step.dataset.layout));
}

function sourceOf({ step, tools }: Work): Source {
  return {
    storage: tools.storage,
    uri: withoutSlash(step.dataset.uri),
    onFilms: (count) => {
      if (tools.signal.aborted) throw new Interrupted();
      tools.report({ ratio: 0, message: `${count} films read` });
    },
  };
}

/** As splitByPatient() understands it. */
function asksForHeldOut({ dataset }: CatalogStep, { valid }: Reading): boolean {
  return valid.length === 0 || dataset.validationFraction !== undefined;
}

async function orExitError<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    throw new ExitError(error.kind === 'Missing' ? exitCodes.missingInput : exitCodes.data, error.message, { cause: error });
  }
}

function demandFilms(step: CatalogStep, { train, valid, rejected }: Reading, trained: number): void {
  if (trained > 0) return;
  const [first] = rejected;
  const why = first === undefined ? '' : `; rejected: ${rejected.length}, the first: ${reasonOf(first)}`;
  const state = train.length + valid.length === 0 ? 'it names no film' : 'none of its films is for training';
  throw new ExitError(exitCodes.data, `Cannot catalog ${step.dataset.uri}: ${state}${why}`);
}

async function writeCatalog({ step, tools }: Work, made: { reading: Reading; splits: Splits; shared: number }): Promise<void> {
  const { catalog } = layout(step.root);
  const { reading, splits } = made;
  const shards = (['train', 'valid'] as const).flatMap((split) =>
    splits[split].shards.map((films, index) => ({ films, uri: catalog.shard({ split, index, of: splits[split].shards.length }) })),
  );
  for (const [index, { films, uri }] of shards.entries()) {
    if (tools.signal.aborted) throw new Interrupted();
    await tools.fence();
    await writeFilms(tools.storage, uri, films);
    tools.report({ ratio: (index + 1) / (shards.length + 1), message: `${index + 1} of ${shards.length} shards written` });
  }
  await tools.fence();
  const encoder = new TextEncoder();
  const rejected = stringify([['path', 'reason'], ...reading.rejected.map(({ path, reason }) => [path, reason])]);
  await tools.storage.write(catalog.rejected, encoder.encode(rejected), { contentType: 'text/csv' });
  const json = `${JSON.stringify(describe(step, made), null, 2)}\n`;
  await tools.storage.write(catalog.catalog, encoder.encode(json), { contentType: 'application/json' });
}

/** catalog.json. */
function describe(step: CatalogStep, { reading, splits, shared }: { reading: Reading; splits: Splits; shared: number }) {
  return {
    dataset: step.dataset.uri,
    layout: reading.layout,
    dataDigest: reading.dataDigest,
    ...countsOf(splits),
    patientsInBothSplits: shared,
    observations: step.observations.map((observation) => {
      const label = labelOf(observation);
      const count = (of: 'positives' | 'uncertain') => ({ train: splits.train[of][label] ?? 0, valid: splits.valid[of][label] ?? 0 });
      return { observation, label, positives: count('positives'), uncertain: count('uncertain') };
    }),
    rejected: reading.rejected.length,
  };
}

function countsOf({ train, valid }: Splits) {
  return {
    films: { train: train.films, valid: valid.films },
    patients: { train: train.patients, valid: valid.patients },
    shards: { train: train.shards.length, valid: valid.shards.length },
  };
}

function resultOf({ reading, splits, shared, seconds }: { reading: Reading; splits: Splits; shared: number; seconds: number }): CatalogResult {
  return {
    stage: 'catalog',
    dataDigest: reading.dataDigest,
    ...countsOf(splits),
    patientsInBothSplits: shared,
    images: { train: [...splits.train.positives], valid: [...splits.valid.positives] },
    rejected: { count: reading.rejected.length, reasons: reading.rejected.slice(0, 5).map(reasonOf) },
    seconds,
  };
}

/** Short enough that five of them fit a termination message. */
function reasonOf({ path, reason }: Rejected): string {
  return (path === '' ? reason : `${path}: ${reason}`).slice(0, 200);
}
