/**
 * dataset/ knows what the files of a data set mean: tables, folders, patients, splits. It reads and writes through
 * the port `Storage` alone, decodes no picture, and every choice it makes follows from the seed.
 */
import { stringify } from 'csv-stringify/sync';
import { observations } from '../api/observations.ts';
import type { Storage } from '../storage/storage.ts';
import { readRows } from './csv.ts';

/** 0 absent (blank and unmentioned too), 1 present, 2 uncertain. */
export type Label = 0 | 1 | 2;

/** A film of the catalog. Words that the table does not have are empty, an unknown age is null. */
export interface Film {
  /** Below the folder of the data set, with `/` between its parts. */
  readonly path: string;
  readonly patient: string;
  /** `study1`, as the folder is called. */
  readonly study: string;
  /** `Frontal` or `Lateral`; empty where neither the table nor the file name says. */
  readonly view: string;
  /** `AP` or `PA`; tables leave it blank for laterals, or say `LL` or `RL`. */
  readonly projection: string;
  readonly sex: string;
  /** Years. */
  readonly age: number | null;
  /** 14 labels in label order. */
  readonly labels: readonly Label[];
}

const columns = ['path', 'patient', 'study', 'view', 'projection', 'sex', 'age', 'labels'];
const filmsAtATime = 1_000;

/** The films of a shard of the catalog, in order. Throws an Error that names the URI where the file is not one. */
export async function* readFilms(storage: Storage, uri: string): AsyncGenerator<Film> {
  let hasHeader = false;
  for await (const { line, cells } of readRows(uri, storage.stream(uri))) {
    if (!hasHeader) {
      if (cells.join() !== columns.join()) throw new Error(`Cannot read films of ${uri}: its columns are "${cells.join()}", not "${columns.join()}"`);
      hasHeader = true;
      continue;
    }
    yield parseFilm(cells, () => `${uri}, line ${line}`);
  }
  if (!hasHeader) throw new Error(`Cannot read films of ${uri}: it is empty`);
}

/** Writes a shard of the catalog: one line a film, in the order given. */
export async function writeFilms(storage: Storage, uri: string, films: readonly Film[]): Promise<void> {
  await storage.write(uri, renderFilms(films), { contentType: 'text/csv' });
}

async function* renderFilms(films: readonly Film[]): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(stringify([columns]));
  for (let first = 0; first < films.length; first += filmsAtATime) {
    yield encoder.encode(stringify(films.slice(first, first + filmsAtATime).map(cellsOf)));
  }
}

function cellsOf(film: Film): readonly string[] {
  const { path, patient, study, view, projection, sex, age, labels } = film;
  return [path, patient, study, view, projection, sex, age === null ? '' : String(age), labels.join('')];
}

function parseFilm(cells: readonly string[], where: () => string): Film {
  const [path, patient, study, view, projection, sex, age, labels] = cells;
  if (
    path === undefined || patient === undefined || study === undefined || view === undefined || projection === undefined ||
    sex === undefined || age === undefined || labels === undefined || !isLabels(labels)
  ) {
    throw new Error(`Cannot read films of ${where()}: "${cells.join()}" is not a film; remove the folder catalog and run again`);
  }
  return {
    path, patient, study, view, projection, sex,
    age: age === '' ? null : Number(age),
    labels: Array.from(labels, (label): Label => (label === '1' ? 1 : label === '2' ? 2 : 0)),
  };
}

function isLabels(text: string): boolean {
  return text.length === observations.length && /^[012]+$/.test(text);
}
