import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from './file-faults.ts';
import { statusOf } from './file-status.ts';
import { StorageError } from './storage.ts';

/**
 * Makes the folder of a file that is to be written, and those above it; one that is there is fine. Not by mkdir's
 * `recursive`: where a folder takes no new ones but says that it is not there, as /proc does, Node tries for ever.
 */
export async function makeFolder(folder: string, uri: string): Promise<void> {
  if (await isFolder(folder)) return;
  const above = path.dirname(folder);
  await makeFolder(above, uri);
  try {
    await mkdir(folder);
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (codeOf(error) === 'EEXIST' && (await isFolder(folder))) return;
    if (codeOf(error) !== 'ENOENT') throw error;
    throw new StorageError({ kind: 'Configuration', uri, message: `Cannot write ${uri}: no folder can be made in ${above}; name another place`, cause: error });
  }
}

async function isFolder(place: string): Promise<boolean> {
  return (await statusOf(place))?.isDirectory() ?? false;
}
