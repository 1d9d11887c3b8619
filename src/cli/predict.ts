import { pathToFileURL } from 'node:url';
import { stringify } from 'csv-stringify/sync';
import { openEngine } from '../engines/open.ts';
import type { EngineChoice } from '../engines/open.ts';
import { layout } from '../plan/layout.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import { isStorageError } from '../storage/storage.ts';
import type { Storage } from '../storage/storage.ts';
import { pathBelow, withoutSlash } from '../storage/uri.ts';
import { ModelFileError } from '../training/hdf5.ts';
import { openPredictor, readModel } from '../training/predictor.ts';
import type { Predictor, TrainedModel } from '../training/predictor.ts';
import { scoredAtATime } from '../training/score.ts';
import { readDone } from '../workers/read-done.ts';
import { readPrepared } from './prepared-film.ts';

export interface PredictOptions extends Omit<EngineChoice, 'wasmThreads'> {
  /** Folder of a finished run, or its folder `combined`: a path or a URI. */
  readonly model: string;
  /** Folder of films, searched to its depth: a path or a URI. */
  readonly in: string;
  /** CSV file to write: a path or a URI. */
  readonly out: string;
  readonly storage: Storage;
  /** A line for people: films that cannot be used, with the reason. */
  readonly log: (line: string) => void;
}

/**
 * `chex predict`: a probability per observation for every film of a folder, by the run's own preprocessing and model;
 * one row a film, `path` (below the folder of films) and the observations. Throws ExitError: 65 where no film can be used or the model is
 * damaged, 66 where films or model are missing.
 */
export async function predict(options: PredictOptions): Promise<{ films: number; rejected: number }> {
  const { storage, log } = options;
  const folder = uriOf(options.in);
  const films = await listFilms(storage, folder);
  const model = await readFinished(storage, rootOf(uriOf(options.model)));
  const engine = await openEngine({ ...options, wasmThreads: 1 });
  if (engine.note !== undefined) log(`The engine is ${engine.name}: ${engine.note}`);
  const predictor = await openPredictor(model, engine).catch(explain);
  const count = { films: 0, rejected: 0 };
  try {
    await storage.write(uriOf(options.out), rowsOf({ storage, folder, films, model, predictor, log, count }), { contentType: 'text/csv' });
  } finally {
    predictor.dispose();
  }
  return count;
}

/** A path of this machine as a URI; a URI as it is. */
function uriOf(place: string): string {
  return /^[a-z0-9]+:\/\//.test(place) ? place : pathToFileURL(place).href;
}

/** The folder of the run from itself, its folder `combined` or the model in it. */
function rootOf(uri: string): string {
  return withoutSlash(uri).replace(/\/combined(\/model)?$/, '');
}

async function listFilms(storage: Storage, folder: string): Promise<string[]> {
  const films: string[] = [];
  for await (const { uri } of storage.list(folder)) {
    if (/\.(jpe?g|png|gif|webp|tiff?)$/i.test(uri)) films.push(uri);
  }
  if (films.length > 0) return films;
  throw new ExitError(exitCodes.missingInput, `Cannot predict: there is no film below ${folder}, or no such folder; give a folder of JPEG or PNG files with --in`);
}

/** The model of a finished run, all of whose autoencoders are still those it was trained on. */
async function readFinished(storage: Storage, root: string): Promise<TrainedModel> {
  const paths = layout(root);
  const { weights, preprocessing } = paths.combined;
  const model = await readModel({ storage, root, weights, preprocessing }).catch(explain);
  for (const { observation, digest } of model.description.autoencoders) {
    const done = await readDone(storage, paths.autoencoder(observation).done);
    if (done?.digest === digest) continue;
    const state = done === null ? 'is not finished' : 'was trained again since';
    throw new ExitError(exitCodes.missingInput, `Cannot predict with ${root}: the autoencoder of ${observation} ${state}; run the training again, so that the combined model follows`);
  }
  return model;
}

function explain(error: unknown): never {
  if (error instanceof ModelFileError) throw new ExitError(exitCodes.data, error.message, { cause: error });
  if (!isStorageError(error, 'NotFound')) throw error;
  throw new ExitError(exitCodes.missingInput, `Cannot predict: ${error.message}. Give the folder of a finished run with --model.`, { cause: error });
}

interface Work {
  readonly storage: Storage;
  readonly folder: string;
  readonly films: readonly string[];
  readonly model: TrainedModel;
  readonly predictor: Predictor;
  readonly log: (line: string) => void;
  /** Of films written and left out so far. */
  readonly count: { films: number; rejected: number };
}

/** The table in pieces, so that memory does not grow with the films. */
async function* rowsOf({ storage, folder, films, model, predictor, log, count }: Work): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(stringify([['path', ...predictor.observations]]));
  for (let first = 0; first < films.length; first += scoredAtATime) {
    const prepared = await Promise.all(films.slice(first, first + scoredAtATime).map((uri) => readPrepared({ storage, uri, preprocessing: model.preprocessing })));
    const usable = prepared.flatMap(({ uri, pixels }) => (pixels === null ? [] : [{ uri, pixels }]));
    for (const { uri, pixels, reason } of prepared) if (pixels === null) log(`${uri} is left out: ${reason}`);
    count.films += usable.length;
    count.rejected += prepared.length - usable.length;
    if (usable.length === 0) continue;
    const scores = await predictor.score(Buffer.concat(usable.map(({ pixels }) => pixels)));
    yield encoder.encode(stringify(usable.map(({ uri }, film) => [pathBelow(folder, uri), ...Array.from(scores[film] ?? [], probability)])));
  }
  if (count.films === 0) throw new ExitError(exitCodes.data, `Cannot predict: none of the ${films.length} films below ${folder} can be read`);
}

/** Nine digits say a float32 exactly. */
const probability = (score: number) => String(Number(score.toPrecision(9)));
