import { lstat, mkdtemp, readdir, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder on this machine's disk for what need not outlive the process. */
export interface Scratch {
  readonly folder: string;
  /** Bytes that may still be written to it. */
  freeBytes(): Promise<number>;
  remove(): Promise<void>;
}

export interface ScratchOptions {
  readonly pid: number;
  readonly isAlive: (pid: number) => boolean;
  /** Most that may be written to it; Infinity where the disk alone is the limit. */
  readonly limitBytes: number;
}

/**
 * Makes an empty scratch folder below the system's temporary folder, and removes those that killed processes left:
 * a kill -9 must not fill the disk.
 */
export async function openScratch({ pid, isAlive, limitBytes }: ScratchOptions): Promise<Scratch> {
  await sweep(isAlive);
  const folder = await mkdtemp(path.join(tmpdir(), `chex-scratch-${pid}-`));
  return {
    folder,
    freeBytes: async () => Math.min(await freeOnDisk(folder), limitBytes - (await usedBytes(folder))),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function freeOnDisk(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Of the files that lie in it now. */
async function usedBytes(folder: string): Promise<number> {
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(path.join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function sweep(isAlive: (pid: number) => boolean): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^chex-scratch-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await removeOwn(path.join(tmpdir(), name));
  }
}

/** Those of other users stay, whose processes this one may not see. What cannot be removed must not end this run. */
async function removeOwn(folder: string): Promise<void> {
  try {
    if ((await lstat(folder)).uid === process.getuid?.()) await rm(folder, { recursive: true, force: true });
  } catch {
    // The next process tries again.
  }
}
