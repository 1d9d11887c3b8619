import { createScratchFile } from '../storage/scratch-file.ts';
import type { Visit } from './batches.ts';
import { everyVisit, readPixels } from './batches.ts';
import type { FilmSet } from './films.ts';
import type { FrozenSource } from './frozen-source.ts';
import { computeSources } from './frozen-source.ts';

/**
 * What frozen networks say of films, for training the head. Values are rounded to float16 whether they are kept on
 * disk or computed anew for each batch, so that it is the same training either way.
 */
export interface Features {
  /** By input of the head, float32 [n, width]. `pixels` gives the films of these visits, uint8 [n, size, size]. */
  read(visits: readonly Visit[], pixels: () => Promise<Uint8Array>): Promise<Record<string, Float32Array>>;
  close(): Promise<void>;
}

/** Computed for each batch: for features that are too large to keep. */
export function computedFeatures(sources: readonly FrozenSource[]): Features {
  return {
    read: async (_visits, pixels) => {
      const values = await computeSources(sources, await pixels());
      for (const value of Object.values(values)) value.set(new Float16Array(value));
      return values;
    },
    close: () => Promise.resolve(),
  };
}

export interface KeptOptions {
  readonly sources: readonly FrozenSource[];
  readonly films: FilmSet;
  readonly variants: 1 | 4;
  readonly batchSize: number;
  readonly folder: string;
  readonly name: string;
  /** Called after each batch with the share that is done; may throw to give up. */
  onProgress(ratio: number): void;
}

/** Computes the features of every variant of every film once, into a scratch file of float16: one row a visit. */
export async function keepFeatures(options: KeptOptions): Promise<Features> {
  const { sources, films, variants, folder, name } = options;
  const rowBytes = keptBytes({ sources, films: 1, variants: 1 });
  const file = await createScratchFile(folder, name);
  const rowOf = ({ film, variant }: Visit) => (film * variants + variant) * rowBytes;
  try {
    for (const visits of everyVisit({ ...options, films: films.count })) {
      const pixels = await readPixels(films, visits);
      const first = visits[0];
      if (first !== undefined) await file.write(rowOf(first), packRows(await computeSources(sources, pixels), sources, visits.length));
      options.onProgress(((visits.at(-1)?.film ?? 0) + 1) / films.count);
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    read: async (visits) => {
      const rows = new Float16Array((visits.length * rowBytes) / 2);
      await Promise.all(visits.map((visit, index) => file.read(rowOf(visit), new Uint8Array(rows.buffer, index * rowBytes, rowBytes))));
      return unpackRows(rows, sources, visits.length);
    },
    close: () => file.close(),
  };
}

/** Bytes that kept features take. */
export function keptBytes({ sources, films, variants }: { sources: readonly FrozenSource[]; films: number; variants: number }): number {
  return 2 * films * variants * sources.reduce((sum, { width }) => sum + width, 0);
}

/** A row holds the sources' values one after the other. */
function packRows(values: Readonly<Record<string, Float32Array>>, sources: readonly FrozenSource[], rows: number): Uint8Array {
  const rowLength = sources.reduce((sum, { width }) => sum + width, 0);
  const packed = new Float16Array(rows * rowLength);
  let column = 0;
  for (const { input, width } of sources) {
    for (let row = 0; row < rows; row++) packed.set(values[input]?.subarray(row * width, (row + 1) * width) ?? [], row * rowLength + column);
    column += width;
  }
  return new Uint8Array(packed.buffer);
}

function unpackRows(packed: Float16Array, sources: readonly FrozenSource[], rows: number): Record<string, Float32Array> {
  const rowLength = packed.length / rows;
  const values: Record<string, Float32Array> = {};
  let column = 0;
  for (const { input, width } of sources) {
    const value = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) {
      const start = row * rowLength + column;
      value.set(packed.subarray(start, start + width), row * width);
    }
    values[input] = value;
    column += width;
  }
  return values;
}
