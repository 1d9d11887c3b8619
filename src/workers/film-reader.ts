import type { StorageErrorKind } from '../storage/storage.ts';
import { isStorageError } from '../storage/storage.ts';
import { childUri } from '../storage/uri.ts';
import type { Tools } from './tools.ts';

export type ReadFilm = { readonly kind: 'read'; readonly bytes: Uint8Array } | { readonly kind: 'rejected'; readonly reason: string };

export interface FilmReader {
  /** The bytes of a film, or why this one cannot be read. Throws StorageError where the storage fails. */
  read(path: string): Promise<ReadFilm>;
  /** To be called after the last film: throws the first refusal if no film could be read and the folder cannot be listed either. */
  demandReachable(): Promise<void>;
}

/** Faults that one film can have; with any other the storage itself has failed. S3 answers 403 for a missing key where it may not list. */
const faultsOfFilms: readonly StorageErrorKind[] = ['NotFound', 'AccessDenied', 'Configuration', 'Damaged'];

/** Reads the films of a data set and tells a film that is refused from a storage that refuses everything. */
export function filmReader(folder: string, { storage, signal }: Pick<Tools, 'storage' | 'signal'>): FilmReader {
  let readable: string | null = null;
  let refusal: Error | null = null;
  return {
    read: async (path) => {
      const uri = childUri(folder, path);
      try {
        const bytes = await storage.read(uri, { signal });
        readable ??= uri;
        return { kind: 'read', bytes };
      } catch (error) {
        if (!isStorageError(error) || !faultsOfFilms.includes(error.kind)) throw error;
        if (error.kind === 'NotFound') return { kind: 'rejected', reason: 'it is missing' };
        refusal ??= error;
        // Rights may be lost on the way: then what could be read before is refused as well.
        if (readable !== null) await storage.head(readable);
        return { kind: 'rejected', reason: `it cannot be read: ${error.message.split(`${error.uri}: `)[1] ?? error.message}` };
      }
    },
    demandReachable: async () => {
      if (refusal === null || readable !== null) return;
      try {
        for await (const _ of storage.list(folder)) return;
      } catch (cause) {
        throw isStorageError(cause, 'Unavailable') ? cause : refusal;
      }
    },
  };
}
