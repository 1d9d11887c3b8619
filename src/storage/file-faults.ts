import path from 'node:path';
import type { StorageErrorKind } from './storage.ts';
import { StorageError } from './storage.ts';
import { aborted, notFound } from './faults.ts';
import { filePath } from './uri.ts';

/** Runs an action of node:fs, its errors turned into StorageError. */
export async function attempt<T>(act: string, uri: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw fileFault(error, { act, uri });
  }
}

/** An error of node:fs as a StorageError with a sentence; every other error as it is. */
export function fileFault(error: unknown, { act, uri }: { act: string; uri: string }): unknown {
  if (error instanceof StorageError || !(error instanceof Error)) return error;
  if (error.name === 'AbortError') return aborted(uri, error);
  const code = codeOf(error);
  if (code === undefined) return error;
  if (act === 'read' && (code === 'ENOENT' || code === 'ENOTDIR')) return notFound(uri, error);
  if (act === 'read' && code === 'EIO') {
    return new StorageError({ kind: 'Damaged', uri, message: `Cannot read ${uri}: the disk cannot read it (EIO); restore it from a copy`, cause: error });
  }
  const { kind, state } = verdict(code, uri);
  return new StorageError({ kind, uri, message: `Cannot ${act} ${uri}: ${state}`, cause: error });
}

/** The code of a system error such as ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function verdict(code: string, uri: string): { kind: StorageErrorKind; state: string } {
  const file = filePath(uri);
  const folder = path.dirname(file);
  switch (code) {
    case 'ENOSPC':
      return { kind: 'NoSpace', state: `the disk that holds ${folder} is full; free space on it and start again` };
    case 'EDQUOT':
      return { kind: 'NoSpace', state: `this user's quota on the disk that holds ${folder} is used up; free space on it and start again` };
    case 'EACCES':
    case 'EPERM':
      return { kind: 'AccessDenied', state: `this user may not do that to ${file}; change the rights of the file or of its folder` };
    case 'EROFS':
      return { kind: 'AccessDenied', state: `the disk that holds ${folder} is mounted read-only` };
    case 'ENOENT':
      return { kind: 'NotFound', state: `${folder} vanished meanwhile` };
    case 'EISDIR':
    case 'ENOTEMPTY':
      return { kind: 'Configuration', state: `${file} is a folder` };
    case 'ENOTDIR':
    case 'EEXIST':
      return { kind: 'Configuration', state: `a part of ${folder} is a file, not a folder` };
    case 'ENAMETOOLONG':
      return { kind: 'Configuration', state: 'a name in it is too long for this file system' };
    case 'ELOOP':
      return { kind: 'Configuration', state: 'its symbolic links lead in a circle' };
    case 'EMFILE':
    case 'ENFILE':
      return { kind: 'Unavailable', state: 'too many files are open on this machine (see ulimit -n)' };
    default:
      return { kind: 'Unavailable', state: `the file system answered ${code}` };
  }
}
