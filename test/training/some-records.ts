import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { encodePng } from '../../src/imaging/codec.ts';
import { memoryStorage } from '../../src/storage/memory.ts';
import { encodeExample } from '../../src/tfrecord/example.ts';
import { frameRecord } from '../../src/tfrecord/framing.ts';
import { openFilms } from '../../src/training/films.ts';
import type { RecordFile } from '../../src/training/films.ts';

export const size = 8;

/** Rows of ones but for the top left pixel, which is the film's number. */
export function picture(film: number): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(size * size).fill(1);
  pixels[0] = film;
  return pixels;
}

async function record(film: number): Promise<Uint8Array> {
  const image = await encodePng({ width: size, height: size, pixels: picture(film) });
  return frameRecord(encodeExample([['image', image], ['path', Buffer.from(`film ${film}`)]]));
}

/** Opens files of these films, a record each. */
export async function openRecords(t: TestContext, filesOf: readonly (readonly number[])[], change: (file: RecordFile) => RecordFile = (file) => file) {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-films-'));
  t.after(() => rm(folder, { recursive: true }));
  const storage = memoryStorage();
  const files: RecordFile[] = [];
  for (const [index, films] of filesOf.entries()) {
    const uri = `memory://records/${index}`;
    await storage.write(uri, Buffer.concat(await Promise.all(films.map(record))));
    files.push(change({ uri, films: films.length, records: films.length }));
  }
  return { storage, files, opened: openFilms({ storage, files, size, folder }) };
}
