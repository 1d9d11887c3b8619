import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { stringify } from 'csv-stringify/sync';
import { describePatient } from '../dataset/phantoms/patients.ts';
import type { PhantomFilm, PhantomPatient } from '../dataset/phantoms/patients.ts';
import { renderPhantom } from '../dataset/phantoms/phantom.ts';
import { rowOf, tableHeader, truthHeader, truthOf } from '../dataset/phantoms/table.ts';
import { encodeJpeg } from '../imaging/encode-jpeg.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import { fileStorage } from '../storage/file.ts';
import type { Storage } from '../storage/storage.ts';
import { withoutSlash } from '../storage/uri.ts';

export interface SynthesiseOptions {
  /** A folder of this machine that is empty or not there. */
  readonly out: string;
  readonly patients: number;
  readonly seed: number;
  /** About how many pixels a side has; absent gives the sizes of CheXpert-v1.0-small. */
  readonly size?: number | undefined;
  readonly log: (message: string) => void;
}

const quality = 90;
const folderName = 'CheXpert-v1.0-small';
const [smallest, largest] = [32, 4096];

/**
 * Writes a data set of phantom films shaped like CheXpert-v1.0-small: train.csv and valid.csv (a quarter of the
 * patients), their films, and truth.csv with the severity of each sign. The same options give the same bytes.
 */
export async function synthesise({ out, patients, seed, size, log }: SynthesiseOptions): Promise<void> {
  if (patients < 2) throw new ExitError(exitCodes.usage, `Cannot synthesise ${patients} patients: at least 2 are needed, one for each split`);
  if (size !== undefined && (size < smallest || size > largest)) {
    throw new ExitError(exitCodes.usage, `Cannot synthesise films of ${size} pixels: --size is from ${smallest} to ${largest}`);
  }
  const storage = fileStorage();
  const folder = withoutSlash(pathToFileURL(path.resolve(out)).href);
  await demandEmpty(storage, folder);
  const trained = patients - Math.max(1, Math.round(patients / 4));
  const truth: string[][] = [[...truthHeader]];
  for (const split of ['train', 'valid'] as const) {
    const table: string[][] = [[...tableHeader]];
    const [first, last] = split === 'train' ? [1, trained] : [trained + 1, patients];
    for (let number = first; number <= last; number++) {
      const patient = describePatient({ seed, number, size });
      for (const film of patient.films) {
        const place = `${split}/${patient.id}/${film.study}/${film.name}.jpg`;
        await storage.write(`${folder}/${place}`, renderFilm(seed, patient, film), { contentType: 'image/jpeg' });
        table.push(rowOf({ seed, split, path: `${folderName}/${place}`, patient, film }));
        truth.push(truthOf(`${folderName}/${place}`, film));
      }
      if (number % 100 === 0) log(`${number} of ${patients} patients, ${truth.length - 1} films`);
    }
    await writeTable(storage, `${folder}/${split}.csv`, table);
  }
  await writeTable(storage, `${folder}/truth.csv`, truth);
  log(`${truth.length - 1} phantom films of ${patients} patients in ${out}`);
}

async function demandEmpty(storage: Storage, folder: string): Promise<void> {
  for await (const { uri } of storage.list(folder)) {
    throw new ExitError(exitCodes.usage, `Cannot synthesise into ${folder}: it is not empty, it holds ${uri}; name another folder with --out`);
  }
}

function renderFilm(seed: number, { id }: PhantomPatient, { study, name, view, severities, width, height }: PhantomFilm): Uint8Array {
  return encodeJpeg(renderPhantom({ seed, patient: id, film: `${study} ${name}`, view, severities, width, height }), quality);
}

async function writeTable(storage: Storage, uri: string, rows: readonly string[][]): Promise<void> {
  await storage.write(uri, new TextEncoder().encode(stringify([...rows])), { contentType: 'text/csv' });
}
