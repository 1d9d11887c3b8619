import type { BigIntStats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { codeOf } from './file-faults.ts';

/** The status of a file or folder, links followed; null when nothing is there (also: a dangling link, a circle of links). */
export async function statusOf(file: string): Promise<BigIntStats | null> {
  try {
    return await stat(file, { bigint: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error) ?? '')) return null;
    throw error;
  }
}

/** The status of a link that leads nowhere; null for anything else. */
export async function danglingLinkAt(file: string): Promise<BigIntStats | null> {
  const link = await lstat(file, { bigint: true }).catch(() => null);
  return link?.isSymbolicLink() === true && (await statusOf(file)) === null ? link : null;
}

/** Version of a file's content: every write makes a new file with a time of its own, an editor changes the time. */
export function etagOf({ mtimeNs, size, ino }: BigIntStats): string {
  return `${mtimeNs.toString(36)}-${size.toString(36)}-${ino.toString(36)}`;
}
