import { isStorageError, StorageError } from './storage.ts';
import type { Storage } from './storage.ts';

/** What a JSON file says; null when it is absent. Throws StorageError, of kind Configuration where it is not JSON. */
export async function readJson(storage: Storage, uri: string): Promise<unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(await storage.read(uri)));
  } catch (error) {
    if (isStorageError(error, 'NotFound')) return null;
    if (!(error instanceof SyntaxError)) throw error;
    throw new StorageError({ kind: 'Configuration', uri, message: `Cannot read ${uri}: it is not JSON; remove it and start again`, cause: error });
  }
}
