/** A thread that makes records from films' files: it gets bytes and answers bytes, and knows no storage. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Observation } from '../api/observations.ts';
import { ImageError } from '../imaging/codec.ts';
import type { Variety } from '../imaging/flip.ts';
import { prepareFilm, type FilmSettings } from '../imaging/prepare-film.ts';
import { crc32c } from '../tfrecord/crc32c.ts';
import { framesOfExamples, type Features } from '../tfrecord/example.ts';
import { filmRecords, type FilmOfRecords } from './film-records.ts';
import type { SetName } from './marker.ts';

export interface FilmThreadSettings extends FilmSettings {
  /** Variants to make of each film, in order. */
  readonly variants: Variety;
  /** Observations that get a set of their own. */
  readonly observations: readonly Observation[];
}

export interface FilmFile {
  readonly film: FilmOfRecords;
  readonly bytes: Uint8Array;
}

/** What became of a film: so many pictures, or why it cannot be used. */
export type FilmOutcome = { readonly kind: 'prepared'; readonly pictures: number } | { readonly kind: 'rejected'; readonly reason: string };

/** Records of several films for one set, framed, one after the other. */
export interface RecordPiece {
  readonly set: SetName;
  readonly count: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly crc32c: number;
}

/** Outcomes in the order of the films, and all their records, at most one piece a set. */
export interface PreparedFilms {
  readonly outcomes: readonly FilmOutcome[];
  readonly pieces: readonly RecordPiece[];
  /** The memory of all pieces. */
  readonly room: ArrayBuffer;
}

export interface FilmQuestion {
  readonly id: number;
  readonly files: readonly FilmFile[];
  /** Memory for the records: used where it suffices. */
  readonly room: ArrayBuffer;
}

/** To the question of this id; the answers may come in another order. */
export type FilmAnswer = { readonly id: number } & (({ readonly kind: 'made' } & PreparedFilms) | { readonly kind: 'failed'; readonly error: unknown });

/** Films come and go several at a time: a message costs a tenth of what a film does. */
async function prepareAll({ files, room }: FilmQuestion, settings: FilmThreadSettings): Promise<PreparedFilms> {
  const outcomes: FilmOutcome[] = [];
  const records = new Map<SetName, Features[]>();
  for (const { film, bytes } of files) {
    const prepared = await prepare(bytes, settings);
    if (prepared.kind === 'rejected') {
      outcomes.push(prepared);
      continue;
    }
    outcomes.push({ kind: 'prepared', pictures: prepared.pictures.length });
    for (const [set, record] of filmRecords(film, prepared.pictures, settings)) {
      const ofSet = records.get(set) ?? [];
      if (ofSet.push(record) === 1) records.set(set, ofSet);
    }
  }
  return { outcomes, ...writeRecords(records, room) };
}

function writeRecords(records: ReadonlyMap<SetName, readonly Features[]>, given: ArrayBuffer): Pick<PreparedFilms, 'pieces' | 'room'> {
  const checksum = remembering(crc32c);
  const sets = Array.from(records, ([set, ofSet]) => ({ set, count: ofSet.length, frames: framesOfExamples(ofSet, checksum) }));
  const total = sets.reduce((sum, { frames }) => sum + frames.sizeBytes, 0);
  // A little more than needed, so that it suffices for most batches to come.
  const room = total <= given.byteLength ? given : new ArrayBuffer(Math.ceil(total * 1.25));
  let at = 0;
  const pieces = sets.map(({ set, count, frames }) => {
    const bytes = new Uint8Array(room, at, frames.sizeBytes);
    at += frames.sizeBytes;
    return { set, count, bytes, crc32c: frames.write(bytes) };
  });
  return { pieces, room };
}

/** A picture is the same one in all its records. */
function remembering(checksum: (bytes: Uint8Array) => number): (bytes: Uint8Array) => number {
  const known = new Map<Uint8Array, number>();
  return (bytes) => {
    const found = known.get(bytes) ?? checksum(bytes);
    known.set(bytes, found);
    return found;
  };
}

type Prepared = { readonly kind: 'prepared'; readonly pictures: readonly Uint8Array[] } | { readonly kind: 'rejected'; readonly reason: string };

async function prepare(bytes: Uint8Array, settings: FilmThreadSettings): Promise<Prepared> {
  try {
    return { kind: 'prepared', pictures: await prepareFilm(bytes, settings, settings.variants) };
  } catch (error) {
    if (error instanceof ImageError) return { kind: 'rejected', reason: error.message };
    throw error;
  }
}

async function answer(question: FilmQuestion): Promise<FilmAnswer> {
  const { id } = question;
  try {
    return { id, kind: 'made', ...(await prepareAll(question, workerData as FilmThreadSettings)) };
  } catch (error) {
    return { id, kind: 'failed', error };
  }
}

parentPort?.on('message', async (question: FilmQuestion) => {
  const made = await answer(question);
  parentPort?.postMessage(made, made.kind === 'made' ? [made.room] : []);
});
