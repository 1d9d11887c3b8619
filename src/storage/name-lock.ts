import { createHash, randomBytes } from 'node:crypto';
import { readlink, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from './file-faults.ts';
import { ageOf, isDeadWriter, writer } from './temporary-file.ts';

/** The lock is held for a comparison and a rename; whoever holds it that long is gone. */
const staleMilliseconds = 60_000;

/**
 * Runs `action` while no other process of this machine does so for the same path. The lock is a symbolic link that
 * names its owner, because symlink(2) creates name and content in one atomic call. A dead owner's link is removed
 * under a lock of its own, so that two who find it cannot remove each other's fresh one.
 * Across machines that share a disk it holds as far as that disk's symlink(2) is atomic.
 */
export async function withNameLock<T>(target: string, action: () => Promise<T>): Promise<T> {
  return withLink(path.join(path.dirname(target), `.chex-${createHash('sha256').update(path.basename(target)).digest('hex').slice(0, 16)}.lock`), action);
}

export function isNameLock(name: string): boolean {
  return /^\.chex-[0-9a-f]{16}(?:\.lock)+$/.test(name);
}

async function withLink<T>(link: string, action: () => Promise<T>): Promise<T> {
  const own = `${writer}-${randomBytes(6).toString('hex')}`;
  for (let waitMilliseconds = 1; !(await created(link, own)); waitMilliseconds = Math.min(50, waitMilliseconds * 2)) {
    const owner = await ownerOf(link);
    if (owner !== null && (isDeadWriter(owner) || (await ageOf(link)) > staleMilliseconds)) {
      await withLink(`${link}.lock`, async () => {
        if ((await ownerOf(link)) === owner) await rm(link, { force: true });
      });
    } else {
      await delay(waitMilliseconds);
    }
  }
  try {
    return await action();
  } finally {
    // Only our own: had we been held up past the time limit, it might be another's by now.
    if ((await ownerOf(link)) === own) await rm(link, { force: true });
  }
}

async function created(link: string, owner: string): Promise<boolean> {
  try {
    await symlink(owner, link);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function ownerOf(link: string): Promise<string | null> {
  try {
    return await readlink(link);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
