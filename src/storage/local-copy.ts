import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Storage } from './storage.ts';
import { attempt } from './file-faults.ts';
import { makeFolder } from './make-folder.ts';
import { encodePath, filePath, schemeOf } from './uri.ts';

/** An object at random access on this machine's disk. */
export interface LocalFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** `length` bytes from `offset`; fewer only at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Closes it, and removes the copy where one was made. */
  close(): Promise<void>;
}

/** Opens `file://` in place; anything else is first streamed into `folder`, in pieces. Throws StorageError. */
export async function openLocal({ storage, uri, folder }: { storage: Storage; uri: string; folder: string }): Promise<LocalFile> {
  if (schemeOf(uri) === 'file') return openFile(filePath(uri), { uri, close: async () => {} });
  const copy = path.join(folder, `${randomUUID()}${path.extname(uri)}`);
  const remove = () => rm(copy, { force: true });
  try {
    await saveTo(copy, storage.stream(uri));
    return await openFile(copy, { uri, close: remove });
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Opens the copy again that somebody else made and will remove; `uri` is what it is a copy of. Throws StorageError. */
export function openCopy(file: string, uri: string): Promise<LocalFile> {
  return openFile(file, { uri, close: async () => {} });
}

async function openFile(file: string, { uri, close }: { uri: string; close: () => Promise<void> }): Promise<LocalFile> {
  const handle = await attempt('read', uri, () => open(file));
  const { size } = await handle.stat();
  return {
    path: file,
    sizeBytes: size,
    read: (offset, length) => attempt('read', uri, () => readAt(handle, { offset, length })),
    close: async () => {
      await handle.close();
      await close();
    },
  };
}

async function readAt(handle: FileHandle, { offset, length }: { offset: number; length: number }): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) return bytes.subarray(0, filled);
    filled += bytesRead;
  }
  return bytes;
}

async function saveTo(file: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const uri = `file://${encodePath(file)}`;
  await attempt('write', uri, () => makeFolder(path.dirname(file), uri));
  const handle = await attempt('write', uri, () => open(file, 'wx'));
  try {
    for await (const piece of pieces) await attempt('write', uri, () => handle.writeFile(piece));
  } finally {
    await handle.close();
  }
}
