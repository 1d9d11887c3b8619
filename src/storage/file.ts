import type { Entry, Storage } from './storage.ts';
import { readFile } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import path from 'node:path';
import { notFound, throwIfAborted } from './faults.ts';
import { attempt, codeOf, fileFault } from './file-faults.ts';
import { listFiles } from './file-list.ts';
import { etagOf, statusOf } from './file-status.ts';
import { writeFile } from './file-write.ts';
import { sweepTemporaries } from './temporary-file.ts';
import { encodePath, filePath, withoutSlash } from './uri.ts';

const pieceBytes = 1024 * 1024;

/**
 * Storage in folders of this machine. A write is one atomic step (file-write.ts); `ifNoneMatch` is atomic everywhere,
 * `ifMatch` among the conditional writers of one machine.
 */
export function fileStorage(): Storage {
  const swept = new Set<string>();

  /** Once for each folder that is written to: rids it of what killed writers left. */
  async function sweepOnce(folder: string): Promise<void> {
    if (swept.has(folder)) return;
    swept.add(folder);
    await sweepTemporaries(folder);
  }

  return {
    read: (uri, options) => attempt('read', uri, () => readWhole(uri, options?.signal)),
    stream: (uri, options) => pieces(uri, options?.signal),
    async write(uri, body, options = {}) {
      await attempt('write', uri, () => sweepOnce(path.dirname(filePath(uri))));
      return { etag: await writeFile({ uri, body, options }) };
    },
    head: (uri) => attempt('look at', uri, () => entryOf(uri)),
    async *list(folderUri) {
      const base = withoutSlash(folderUri);
      try {
        for await (const { name, status } of listFiles(filePath(`${base}/`))) {
          yield { uri: `${base}/${encodePath(name)}`, sizeBytes: Number(status.size), etag: etagOf(status) };
        }
      } catch (error) {
        throw fileFault(error, { act: 'list', uri: folderUri });
      }
    },
    remove: (uri) => attempt('remove', uri, () => removeFile(filePath(uri))),
  };
}

async function entryOf(uri: string): Promise<Entry | null> {
  const status = await statusOf(filePath(uri));
  return status?.isFile() ? { uri, sizeBytes: Number(status.size), etag: etagOf(status) } : null;
}

async function readWhole(uri: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  throwIfAborted(uri, signal);
  try {
    const { buffer, byteOffset, length } = await bytesOf(filePath(uri), signal === undefined ? {} : { signal });
    return new Uint8Array(buffer, byteOffset, length);
  } catch (error) {
    // A folder is no object.
    throw codeOf(error) === 'EISDIR' ? notFound(uri, error) : error;
  }
}

/** By callback: the readFile of node:fs/promises takes twice the processor time for a film. */
function bytesOf(file: string, options: { signal?: AbortSignal }): Promise<Buffer<ArrayBuffer>> {
  return new Promise((resolve, reject) => readFile(file, options, (error, bytes) => (error === null ? resolve(bytes) : reject(error))));
}

async function* pieces(uri: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  throwIfAborted(uri, signal);
  const handle = await attempt('read', uri, () => open(filePath(uri)));
  try {
    for (;;) {
      throwIfAborted(uri, signal);
      const buffer = new Uint8Array(pieceBytes);
      const { bytesRead } = await attempt('read', uri, () => handle.read(buffer, 0, pieceBytes));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

async function removeFile(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error) ?? '')) throw error;
  }
}
