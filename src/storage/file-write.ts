import type { FileHandle } from 'node:fs/promises';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { WriteOptions } from './storage.ts';
import { isFolder, preconditionFailed } from './faults.ts';
import { attempt, codeOf } from './file-faults.ts';
import { etagOf, statusOf } from './file-status.ts';
import { makeFolder } from './make-folder.ts';
import { withNameLock } from './name-lock.ts';
import { temporaryPath } from './temporary-file.ts';
import { filePath } from './uri.ts';

export interface FileWrite {
  readonly uri: string;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  readonly options: WriteOptions;
}

/**
 * Writes to a temporary name in the same folder, to the disk, and then under its name in one atomic step: link(2) with
 * `ifNoneMatch`, a comparison and rename(2) under a lock of the name with `ifMatch`, else rename(2). Resolves to the etag.
 */
export async function writeFile({ uri, body, options }: FileWrite): Promise<string> {
  const target = filePath(uri);
  const temporary = temporaryPath(target);
  try {
    await attempt('write', uri, () => prepare(target, uri));
    await writeTemporary({ temporary, uri, body });
    return await attempt('write', uri, () => commit({ temporary, target, uri, options }));
  } finally {
    // Nothing here may hide the error that led here; what stays is swept later.
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** What would only show at the last step, after all the work on the body, is looked at first. */
async function prepare(target: string, uri: string): Promise<void> {
  await makeFolder(path.dirname(target), uri);
  if ((await statusOf(target))?.isDirectory()) throw isFolder(uri);
}

async function writeTemporary({ temporary, uri, body }: { temporary: string; uri: string; body: Uint8Array | AsyncIterable<Uint8Array> }): Promise<void> {
  const handle = await attempt('write', uri, () => open(temporary, 'wx'));
  try {
    // An error of the body itself passes as it is: it is the caller's.
    if (body instanceof Uint8Array) await attempt('write', uri, () => handle.writeFile(body));
    else for await (const piece of body) await attempt('write', uri, () => handle.writeFile(piece));
    await attempt('write', uri, () => seal(handle));
  } finally {
    await handle.close();
  }
}

/** To the disk, with a time of its own: kernels stamp in ticks of milliseconds, in which two versions could look alike. */
async function seal(handle: FileHandle): Promise<void> {
  const seconds = (Date.now() + Math.random()) / 1000;
  await handle.utimes(seconds, seconds);
  await handle.sync();
}

interface Commit {
  readonly temporary: string;
  readonly target: string;
  readonly uri: string;
  readonly options: WriteOptions;
}

async function commit({ temporary, target, uri, options }: Commit): Promise<string> {
  const etag = etagOf(await stat(temporary, { bigint: true }));
  if (options.ifNoneMatch === '*') {
    await link(temporary, target).catch((error: unknown) => {
      throw codeOf(error) === 'EEXIST' ? preconditionFailed(uri, options, error) : error;
    });
  } else if (options.ifMatch !== undefined) {
    await withNameLock(target, async () => {
      const present = await statusOf(target);
      if (present === null || etagOf(present) !== options.ifMatch) throw preconditionFailed(uri, options);
      await rename(temporary, target);
    });
  } else {
    await rename(temporary, target);
  }
  await syncFolder(path.dirname(target));
  return etag;
}

/** The new name itself reaches the disk: a marker that is there after a power cut means its data is there too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
