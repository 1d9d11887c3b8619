import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder on this machine's disk for what need not outlive the process. */
export interface Scratch {
  readonly folder: string;
  remove(): Promise<void>;
}

/**
 * Makes an empty scratch folder below the system's temporary folder, and removes those that killed processes left:
 * a kill -9 must not fill the disk.
 */
export async function openScratch({ pid, isAlive }: { pid: number; isAlive: (pid: number) => boolean }): Promise<Scratch> {
  await sweep(isAlive);
  const folder = await mkdtemp(path.join(tmpdir(), `chex-scratch-${pid}-`));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
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
