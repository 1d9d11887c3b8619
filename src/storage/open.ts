import type { S3Options } from './s3-client.ts';
import type { Storage } from './storage.ts';
import { schemeOf, unaddressable } from './uri.ts';

export type StorageOptions = S3Options;

/**
 * One storage for all URIs: each scheme's form is loaded and created on its first use, so that a run on `file://`
 * never loads the S3 SDK. Credentials come from the SDK's default chain alone.
 */
export function openStorage(options: StorageOptions): Storage {
  const forms = new Map<string, Promise<Storage>>();

  async function formOf(uri: string): Promise<Storage> {
    const scheme = schemeOf(uri);
    const create = creators.get(scheme);
    if (create === undefined) throw unaddressable(uri, `${scheme}:// is not known; use file:/// or s3://`);
    const form = forms.get(scheme) ?? create(options);
    forms.set(scheme, form);
    return form;
  }

  return {
    read: async (uri, readOptions) => (await formOf(uri)).read(uri, readOptions),
    async *stream(uri, readOptions) {
      yield* (await formOf(uri)).stream(uri, readOptions);
    },
    write: async (uri, body, writeOptions) => (await formOf(uri)).write(uri, body, writeOptions),
    head: async (uri) => (await formOf(uri)).head(uri),
    async *list(folderUri) {
      yield* (await formOf(folderUri)).list(folderUri);
    },
    remove: async (uri) => (await formOf(uri)).remove(uri),
  };
}

const creators = new Map<string, (options: StorageOptions) => Promise<Storage>>([
  ['file', async () => (await import('./file.ts')).fileStorage()],
  ['s3', async (options) => (await import('./s3.ts')).s3Storage(options)],
  ['memory', async () => (await import('./memory.ts')).memoryStorage()],
]);
