import { decodeRecordImage } from '../imaging/codec.ts';
import { variantOf, variants } from '../imaging/flip.ts';
import { openCopy, openLocal } from '../storage/local-copy.ts';
import type { LocalFile } from '../storage/local-copy.ts';
import type { Storage } from '../storage/storage.ts';
import { decodeExample } from '../tfrecord/example.ts';
import { readRecordAt, recordOffsets } from '../tfrecord/record-index.ts';
import type { RecordIndex } from '../tfrecord/record-index.ts';

/** A file of records and what its commit marker says of it. */
export interface RecordFile {
  readonly uri: string;
  readonly films: number;
  /** One a film, or four where the flips are stored. */
  readonly records: number;
}

export interface FilmSetOptions {
  readonly storage: Storage;
  readonly files: readonly RecordFile[];
  /** Side of the films in pixels. */
  readonly size: number;
  /** Folder on this machine for files that cannot be read in place. */
  readonly folder: string;
}

/** The films of a set of record files, in order, at random access; memory is 12 bytes a record. */
export interface FilmSet {
  readonly count: number;
  /** Pixels, uint8 [size, size], of film (from 0) in a variant (0 to 3: as it is, both axes, vertical, horizontal), stored or made by flipping. */
  pixels(film: number, variant: number): Promise<Uint8Array>;
  /** Features of a film's record as they stand: image, label, classname and, in the set of all films, labels, patient, path. */
  features(film: number): Promise<ReadonlyMap<string, Uint8Array>>;
  /** For threads that read the same films: see `openCopies`. */
  readonly copies: FilmCopies;
  close(): Promise<void>;
}

/** Where the files of a set lie on this machine. */
export interface FilmCopies {
  readonly size: number;
  readonly files: readonly (RecordFile & { readonly path: string })[];
}

/** Opens record files. Throws Error where a file does not hold what its marker says; every read verifies its checksums. */
export function openFilms({ storage, files, size, folder }: FilmSetOptions): Promise<FilmSet> {
  return openParts(files, size, ({ uri }) => openLocal({ storage, uri, folder }));
}

/** Opens a set again, in another thread, while the one it comes from is open. Throws as `openFilms`. */
export function openCopies({ files, size }: FilmCopies): Promise<FilmSet> {
  return openParts(files, size, ({ path, uri }) => openCopy(path, uri));
}

async function openParts<File extends RecordFile>(files: readonly File[], size: number, open: (file: File) => Promise<LocalFile>): Promise<FilmSet> {
  const parts: Part[] = [];
  const close = async () => {
    for (const { local } of parts) await local.close();
  };
  try {
    for (const file of files) parts.push(await openPart(await open(file), file, endOf(parts)));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    count: endOf(parts),
    pixels: async (film, variant) => readPixels(partOf(parts, film), { film, variant, size }),
    features: async (film) => readFeatures(partOf(parts, film), film, 0),
    copies: { size, files: parts.map(({ file: { uri, films, records }, local }) => ({ uri, films, records, path: local.path })) },
    close,
  };
}

interface Part {
  readonly file: RecordFile;
  readonly local: LocalFile;
  readonly index: RecordIndex;
  readonly firstFilm: number;
  readonly recordsPerFilm: number;
}

/** Films up to and with the last part. */
function endOf(parts: readonly Part[]): number {
  const last = parts.at(-1);
  return last === undefined ? 0 : last.firstFilm + last.file.films;
}

async function openPart(local: LocalFile, file: RecordFile, firstFilm: number): Promise<Part> {
  try {
    return { file, local, firstFilm, ...(await indexOf(local, file)) };
  } catch (error) {
    await local.close();
    throw error;
  }
}

async function indexOf(local: LocalFile, file: RecordFile): Promise<{ index: RecordIndex; recordsPerFilm: number }> {
  const index = await recordOffsets(local, file.uri);
  const recordsPerFilm = index.count / file.films;
  if (index.count !== file.records || (recordsPerFilm !== 1 && recordsPerFilm !== variants.length)) {
    throw new Error(`Cannot read ${file.uri}: it holds ${index.count} records, its commit marker says ${file.records} of ${file.films} films; remove it and its marker and run again`);
  }
  return { index, recordsPerFilm };
}

/** The last part that does not begin after the film. */
function partOf(parts: readonly Part[], film: number): Part {
  const part = parts.findLast(({ firstFilm }) => firstFilm <= film);
  if (part === undefined || film >= part.firstFilm + part.file.films) throw new RangeError(`Cannot read film ${film}: there is none`);
  return part;
}

async function readPixels(part: Part, { film, variant, size }: { film: number; variant: number; size: number }): Promise<Uint8Array> {
  const isStored = part.recordsPerFilm === variants.length;
  const features = await readFeatures(part, film, isStored ? variant : 0);
  const image = await decodeRecordImage(features.get('image') ?? new Uint8Array());
  if (image.width !== size || image.height !== size) {
    throw new Error(`Cannot use film ${film - part.firstFilm} of ${part.file.uri}: it has ${image.width} x ${image.height} pixels, not ${size} x ${size}`);
  }
  return variantOf(image, isStored ? null : (variants[variant] ?? null)).pixels;
}

async function readFeatures({ local, index, firstFilm, recordsPerFilm, file }: Part, film: number, variant: number): Promise<ReadonlyMap<string, Uint8Array>> {
  const which = (film - firstFilm) * recordsPerFilm + variant;
  return decodeExample(await readRecordAt(local, { index, which, source: file.uri }));
}
