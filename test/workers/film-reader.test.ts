import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryStorage } from '../../src/storage/memory.ts';
import type { Storage, StorageErrorKind } from '../../src/storage/storage.ts';
import { StorageError, isStorageError } from '../../src/storage/storage.ts';
import { filmReader } from '../../src/workers/film-reader.ts';

const folder = 'memory://films';
const signal = new AbortController().signal;
const fault = (kind: StorageErrorKind, uri: string) => new StorageError({ kind, uri, message: `Cannot read ${uri}: not this one` });

/** A data set of a.jpg and b.jpg, whose files whose name fits are refused; nothing can be looked at or listed where `closed`. */
async function aStorage({ refused, kind, closed = () => false }: { refused: RegExp; kind: StorageErrorKind; closed?: () => boolean }): Promise<Storage> {
  const storage = memoryStorage();
  for (const name of ['a.jpg', 'b.jpg']) await storage.write(`${folder}/${name}`, Uint8Array.of(1));
  const orRefuse = (uri: string) => {
    if (closed()) throw fault('AccessDenied', uri);
  };
  return {
    ...storage,
    read: async (uri, options) => (refused.test(uri) || closed() ? Promise.reject(fault(kind, uri)) : storage.read(uri, options)),
    head: async (uri) => (orRefuse(uri), storage.head(uri)),
    async *list(uri) {
      orRefuse(uri);
      yield* storage.list(uri);
    },
  };
}

test('filmReader() rejects a film that is refused, cannot be named or is damaged, with its reason', async () => {
  for (const kind of ['AccessDenied', 'Configuration', 'Damaged'] as const) {
    const reader = filmReader(folder, { storage: await aStorage({ refused: /a\.jpg/, kind }), signal });
    assert.deepEqual(await reader.read('a.jpg'), { kind: 'rejected', reason: 'it cannot be read: not this one' });
    assert.equal((await reader.read('b.jpg')).kind, 'read');
    assert.deepEqual(await reader.read('a.jpg'), { kind: 'rejected', reason: 'it cannot be read: not this one' });
    await reader.demandReachable();
  }
});

test('filmReader() rejects every film of a folder that can be listed', async () => {
  const reader = filmReader(folder, { storage: await aStorage({ refused: /jpg/, kind: 'AccessDenied' }), signal });
  assert.equal((await reader.read('a.jpg')).kind, 'rejected');
  await reader.demandReachable();
});

test('filmReader() fails where the whole folder is refused, and where it is refused on the way', async () => {
  let isClosed = true;
  const storage = await aStorage({ refused: /none/, kind: 'AccessDenied', closed: () => isClosed });
  const refused = filmReader(folder, { storage, signal });
  await refused.read('a.jpg');
  await assert.rejects(refused.demandReachable(), (error) => isStorageError(error, 'AccessDenied') && error.uri === `${folder}/a.jpg`);

  isClosed = false;
  const expired = filmReader(folder, { storage, signal });
  await expired.read('a.jpg');
  isClosed = true;
  await assert.rejects(expired.read('b.jpg'), (error) => isStorageError(error, 'AccessDenied'));
});

test('filmReader() fails where the storage is down', async () => {
  const reader = filmReader(folder, { storage: await aStorage({ refused: /a\.jpg/, kind: 'Unavailable' }), signal });
  await assert.rejects(reader.read('a.jpg'), (error) => isStorageError(error, 'Unavailable'));
});
