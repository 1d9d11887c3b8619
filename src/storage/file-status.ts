import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
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

/** Version of a file's content: every write makes a new file with a time of its own, an editor changes the time. */
export function etagOf({ mtimeNs, size, ino }: BigIntStats): string {
  return `${mtimeNs.toString(36)}-${size.toString(36)}-${ino.toString(36)}`;
}
