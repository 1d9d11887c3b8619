import { decodeRecordImage, ImageError } from '../imaging/codec.ts';
import { prepareFilm } from '../imaging/prepare-film.ts';
import type { FilmSettings } from '../imaging/prepare-film.ts';
import { isStorageError } from '../storage/storage.ts';
import type { Storage } from '../storage/storage.ts';

/** A film as the records of a training would hold it, or the reason why it cannot be used. */
export type PreparedFilm =
  | { readonly uri: string; readonly pixels: Uint8Array; readonly reason: null }
  | { readonly uri: string; readonly pixels: null; readonly reason: string };

export interface FilmPlace {
  readonly storage: Storage;
  readonly uri: string;
  readonly preprocessing: FilmSettings;
}

/** Reads a film, uint8 [size, size]: also through the encoding of the records, whose JPEG changes it a little. */
export async function readPrepared({ storage, uri, preprocessing }: FilmPlace): Promise<PreparedFilm> {
  try {
    const [stored] = await prepareFilm(await storage.read(uri), preprocessing, [null]);
    const { pixels } = await decodeRecordImage(stored);
    return { uri, pixels, reason: null };
  } catch (error) {
    if (error instanceof ImageError) return { uri, pixels: null, reason: error.message };
    if (isStorageError(error, 'NotFound')) return { uri, pixels: null, reason: 'it vanished while it was read' };
    throw error;
  }
}
