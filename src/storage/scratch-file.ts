import { open } from 'node:fs/promises';
import path from 'node:path';
import { fileFault } from './file-faults.ts';
import { encodePath } from './uri.ts';

/** A file in a scratch folder, read and written at any place. */
export interface ScratchFile {
  /** Writes all bytes at `offset`. StorageError of kind NoSpace when the disk is full. */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Fills all of `target` from `offset`. */
  read(offset: number, target: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Creates a file that must not be there yet; it goes with its folder. */
export async function createScratchFile(folder: string, name: string): Promise<ScratchFile> {
  const file = path.join(folder, name);
  const uri = `file://${encodePath(file)}`;
  const failed = (act: string) => (error: unknown) => {
    throw fileFault(error, { act, uri });
  };
  const handle = await open(file, 'wx+').catch(failed('write'));
  return {
    write: async (offset, bytes) => {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done).catch(failed('write'));
        done += bytesWritten;
      }
    },
    read: async (offset, target) => {
      for (let done = 0; done < target.length; ) {
        const { bytesRead } = await handle.read(target, done, target.length - done, offset + done).catch(failed('read'));
        if (bytesRead === 0) throw new RangeError(`Cannot read ${target.length} bytes at ${offset} of ${file}: it ends before`);
        done += bytesRead;
      }
    },
    close: () => handle.close(),
  };
}
