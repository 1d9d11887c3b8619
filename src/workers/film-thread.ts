/** A thread that makes records' pictures from films' files: it gets bytes and answers bytes, and knows no storage. */
import { parentPort, workerData } from 'node:worker_threads';
import { ImageError } from '../imaging/codec.ts';
import { variantOf, type FlipCode } from '../imaging/flip.ts';
import { encodeFilm, prepareFilm, type FilmSettings } from '../imaging/prepare-film.ts';

export interface FilmThreadSettings extends FilmSettings {
  /** Variants to make of each film, in order. */
  readonly variants: readonly (FlipCode | null)[];
}

/** Encoded pictures, one a variant; or why the film cannot be used. */
export type PreparedFilm =
  | { readonly kind: 'pictures'; readonly pictures: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly kind: 'rejected'; readonly reason: string };

export interface FilmQuestion {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** To the question of this id; the answers may come in another order. */
export type FilmAnswer = { readonly id: number } & Outcome;

type Outcome = PreparedFilm | { readonly kind: 'failed'; readonly error: unknown };

async function prepare(bytes: Uint8Array, settings: FilmThreadSettings): Promise<Outcome> {
  try {
    const square = await prepareFilm(bytes, settings);
    const pictures = [];
    for (const code of settings.variants) pictures.push(await encodeFilm(variantOf(square, code), settings));
    return { kind: 'pictures', pictures };
  } catch (error) {
    return error instanceof ImageError ? { kind: 'rejected', reason: error.message } : { kind: 'failed', error };
  }
}

parentPort?.on('message', async ({ id, bytes }: FilmQuestion) => {
  const outcome = await prepare(bytes, workerData as FilmThreadSettings);
  parentPort?.postMessage({ id, ...outcome } satisfies FilmAnswer, outcome.kind === 'pictures' ? outcome.pictures.map((picture) => picture.buffer) : []);
});
