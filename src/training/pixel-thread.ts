/** A thread that reads films into memory that it shares with whoever asks. */
import { parentPort, workerData } from 'node:worker_threads';
import { readPixels } from './batches.ts';
import type { Visit } from './batches.ts';
import { openCopies } from './films.ts';
import type { FilmCopies } from './films.ts';

export interface PixelQuestion {
  readonly id: number;
  readonly visits: readonly Visit[];
  /** Where the pixels of the visits go, one film after the other. */
  readonly target: SharedArrayBuffer;
  readonly offset: number;
}

/** `error` where the films could not be read. */
export interface PixelAnswer {
  readonly id: number;
  readonly error?: unknown;
}

const films = openCopies(workerData as FilmCopies);
// Each question says it again: none may be lost while nobody has asked yet.
films.catch(() => undefined);

parentPort?.on('message', async ({ id, visits, target, offset }: PixelQuestion) => {
  try {
    new Uint8Array(target).set(await readPixels(await films, visits), offset);
    parentPort?.postMessage({ id } satisfies PixelAnswer);
  } catch (error) {
    parentPort?.postMessage({ id, error } satisfies PixelAnswer);
  }
});
