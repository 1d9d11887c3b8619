import type { BigIntStats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { danglingLinkAt, statusOf } from './file-status.ts';
import { isNameLock } from './name-lock.ts';
import { isTemporary } from './temporary-file.ts';
import { encodePath } from './uri.ts';

export interface FoundFile {
  /** Path below the folder, parts joined by `/`. */
  readonly name: string;
  readonly status: BigIntStats;
}

/** How many files are asked about at once. */
const batch = 64;

/**
 * All files below a folder in the order of their URIs' bytes, symbolic links followed; nothing for a folder that is not
 * there. A link that leads nowhere is listed, so that whoever reads it learns that it is missing. Files in the making
 * are left out, as is what vanishes meanwhile.
 */
export async function* listFiles(folder: string): AsyncGenerator<FoundFile> {
  yield* walk({ folder, prefix: '', above: [] });
}

interface Visit {
  readonly folder: string;
  readonly prefix: string;
  /** Identities of the folders above: a link back to one of them would never end. */
  readonly above: readonly string[];
}

async function* walk({ folder, prefix, above }: Visit): AsyncGenerator<FoundFile> {
  const status = await statusOf(folder);
  const identity = `${status?.dev}:${status?.ino}`;
  if (!status?.isDirectory() || above.includes(identity)) return;
  for await (const { name, status: found } of inOrder(folder)) {
    if (found.isFile() || found.isSymbolicLink()) yield { name: prefix + name, status: found };
    else if (found.isDirectory()) yield* walk({ folder: path.join(folder, name), prefix: `${prefix}${name}/`, above: [...above, identity] });
  }
}

/** What lies in a folder, ordered as whole keys are: the names of folders count with their slash. */
async function* inOrder(folder: string): AsyncGenerator<FoundFile> {
  const kinds = await readdir(folder, { withFileTypes: true });
  const shown = kinds.filter(({ name }) => !isTemporary(name) && !isNameLock(name));
  const keyed = await Promise.all(
    shown.map(async (kind) => {
      const isFolder = kind.isDirectory() || (kind.isSymbolicLink() && (await statusOf(path.join(folder, kind.name)))?.isDirectory());
      return { name: kind.name, key: Buffer.from(encodePath(kind.name) + (isFolder ? '/' : '')) };
    }),
  );
  keyed.sort((a, b) => Buffer.compare(a.key, b.key));
  for (let at = 0; at < keyed.length; at += batch) {
    const names = keyed.slice(at, at + batch).map(({ name }) => name);
    const statuses = await Promise.all(names.map((name) => statusOf(path.join(folder, name))));
    for (const [index, name] of names.entries()) {
      const status = statuses[index] ?? (await danglingLinkAt(path.join(folder, name)));
      if (status) yield { name, status };
    }
  }
}
