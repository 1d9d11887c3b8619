/** The only door to h5wasm: HDF5 files as bytes, held in the memory of its file system while they are open. */
import { Dataset, File, Group, ready } from 'h5wasm';
import type { Tensor } from '../engines/engine.ts';

export type { Group };

/** A file from outside is not what it should be: a sentence that names it, the fault and the next step. */
export class ModelFileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ModelFileError';
  }
}

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]; // \x89HDF\r\n\x1a\n
const [folder, name] = ['/', 'model.h5'];
const path = `${folder}${name}`;

/** Opens the bytes of a file and gives what `read` makes of its root. Throws ModelFileError where it is not whole. */
export async function readHdf5<Content>(bytes: Uint8Array, uri: string, read: (root: Group) => Content): Promise<Content> {
  if (signature.some((byte, index) => bytes[index] !== byte)) {
    throw new ModelFileError(`Cannot read ${uri}: it is not an HDF5 file; give a Keras .h5`);
  }
  const { FS, activate_throwing_error_handler } = await ready;
  // Else HDF5 prints its stack to stderr and goes on. Nothing below waits, so one path serves all readers.
  activate_throwing_error_handler();
  const [canRead, canWrite, canOwn] = [true, false, true];
  FS.createDataFile(folder, name, bytes, canRead, canWrite, canOwn);
  try {
    const file = new File(path, 'r');
    try {
      return read(file);
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof ModelFileError) throw error;
    throw new ModelFileError(`Cannot read ${uri}: the HDF5 file is damaged or cut off; copy or write it again`, { cause: error });
  } finally {
    FS.unlink(path);
  }
}

/** The bytes of a new file that `fill` has written to, about `sizeBytes` of them. */
export async function writeHdf5(sizeBytes: number, fill: (root: Group) => void): Promise<Uint8Array> {
  const { FS, activate_throwing_error_handler } = await ready;
  activate_throwing_error_handler();
  try {
    const file = new File(path, 'w');
    try {
      file.flush();
      // Else the file system makes room an eighth at a time and copies the whole file each time, which takes longer than all the rest.
      const { node } = FS.lookupPath(path, {});
      const begun = contentOf(node.contents);
      node.contents = new Uint8Array(begun.length + sizeBytes);
      node.contents.set(begun);
      fill(file);
    } finally {
      file.close();
    }
    return contentOf(FS.lookupPath(path, {}).node.contents).subarray(0, FS.stat(path).size);
  } finally {
    FS.unlink(path);
  }
}

/** What a file of the memory file system holds, room at its end included. */
function contentOf(contents: unknown): Uint8Array {
  if (!(contents instanceof Uint8Array)) throw new Error('Cannot write HDF5: its file system holds no bytes');
  return contents;
}

/** An attribute that is a list of names; null where it is absent. */
export function namesIn(group: Group, attribute: string): string[] | null {
  const value = group.attrs[attribute]?.to_array();
  return Array.isArray(value) ? value.map(String) : null;
}

/** A group by its path; null where it is absent or something else. */
export function groupAt(group: Group, name: string): Group | null {
  const found = group.get(name);
  return found instanceof Group ? found : null;
}

/** A float32 array by its path; null where it is absent or something else. */
export function tensorAt(group: Group, name: string): Tensor | null {
  const found = group.get(name);
  if (!(found instanceof Dataset) || found.shape === null) return null;
  const { value } = found;
  return value instanceof Float32Array ? { shape: found.shape, values: value } : null;
}
