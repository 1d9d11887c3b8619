import { createHash, randomBytes } from 'node:crypto';
import { lstat, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { codeOf } from './file-faults.ts';

/**
 * Names of files in the making: `.chex-<host>-<pid>-<chance>.tmp`, beside the file they become. Who made one can be told,
 * so that what a kill left behind is found and removed.
 */
const pattern = /^\.chex-([0-9a-f]{8})-(\d+)-[0-9a-f]{12}\.tmp$/;
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
/** No writer pauses that long; covers other machines, and a process number used again. */
const oldMilliseconds = 24 * 3600 * 1000;

/** Who writes here: this machine and process. */
export const writer = `${host}-${process.pid}`;

export function temporaryPath(target: string): string {
  return path.join(path.dirname(target), `.chex-${writer}-${randomBytes(6).toString('hex')}.tmp`);
}

export function isTemporary(name: string): boolean {
  return pattern.test(name);
}

/** Removes what dead writers left in a folder; one that is not there yet holds nothing. */
export async function sweepTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names.filter(isTemporary)) {
    const file = path.join(folder, name);
    const [, itsHost = '', pid = ''] = pattern.exec(name) ?? [];
    if (isDeadWriter(`${itsHost}-${pid}`) || (await ageOf(file)) > oldMilliseconds) await rm(file, { force: true });
  }
}

/** Whether the writer was a process of this machine that is no more. */
export function isDeadWriter(name: string): boolean {
  const [itsHost, pid] = name.split('-');
  if (itsHost !== host) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // EPERM: it lives, under another user.
    return codeOf(error) === 'ESRCH';
  }
}

/** Milliseconds since a file last changed; 0 when it is gone. */
export async function ageOf(file: string): Promise<number> {
  try {
    return Date.now() - (await lstat(file)).mtimeMs;
  } catch {
    return 0;
  }
}
