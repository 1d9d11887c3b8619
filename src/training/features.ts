import type { Model } from '../engines/engine.ts';
import { sizeOf } from '../models/layers.ts';
import { createScratchFile } from '../storage/scratch-file.ts';
import type { Visit } from './batches.ts';
import { everyVisit, readPixels } from './batches.ts';
import type { FilmSet } from './films.ts';

/** What a head is fed with that comes from the films. */
export interface Features {
  /** By node, [n, ...]. `pixels` gives the films of these visits, uint8 [n, size, size]. */
  read(visits: readonly Visit[], pixels: () => Promise<Uint8Array>): Promise<Record<string, Float32Array | Uint8Array>>;
  close(): Promise<void>;
}

/** The films themselves, for a network that computes its features of them. */
export const filmsAsTheyAre: Features = {
  read: async (_visits, pixels) => ({ image: await pixels() }),
  close: () => Promise.resolve(),
};

/** Nodes of a model, computed for each batch: for another model that is fed with them. */
export function predictedFeatures(model: Model, names: readonly string[]): Features {
  return {
    read: async (_visits, pixels) => model.predict({ image: await pixels() }, names),
    close: () => Promise.resolve(),
  };
}

export interface KeptOptions {
  readonly model: Model;
  /** Junctions of the model. */
  readonly names: readonly string[];
  readonly films: FilmSet;
  readonly variants: 1 | 4;
  readonly batchSize: number;
  readonly folder: string;
  /** Of the file. */
  readonly name: string;
  /** Called after each batch with the share that is done; may throw to give up. */
  onProgress(ratio: number): void;
}

/**
 * Computes the features of every variant of every film once, into a scratch file of float16: one row a visit. A junction
 * rounds to float16, so it is the same training whether it is fed with them or computes them anew.
 */
export async function keepFeatures(options: KeptOptions): Promise<Features> {
  const { model, names, films, variants, folder, name } = options;
  const columns = columnsOf(options);
  const rowBytes = keptBytes({ model, names, films: 1, variants: 1 });
  const file = await createScratchFile(folder, name);
  const rowOf = ({ film, variant }: Visit) => (film * variants + variant) * rowBytes;
  try {
    for (const visits of everyVisit({ ...options, films: films.count })) {
      const values = await model.predict({ image: await readPixels(films, visits) }, names);
      const first = visits[0];
      if (first !== undefined) await file.write(rowOf(first), packRows(values, columns, visits.length));
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
      return unpackRows(rows, columns, visits.length);
    },
    close: () => file.close(),
  };
}

/** Bytes that kept features take. */
export function keptBytes({ model, names, films, variants }: { model: Model; names: readonly string[]; films: number; variants: number }): number {
  return 2 * films * variants * columnsOf({ model, names }).reduce((sum, { width }) => sum + width, 0);
}

/** A row holds the values of one node after the other. */
interface Column {
  readonly name: string;
  /** Numbers a film. */
  readonly width: number;
}

function columnsOf({ model: { network }, names }: { model: Model; names: readonly string[] }): Column[] {
  return names.map((name) => {
    const node = network.nodes.find((each) => each.name === name);
    if (node === undefined) throw new Error(`Cannot keep ${name}: the network ${network.name} has no such node`);
    return { name, width: sizeOf(node.shape) };
  });
}

function packRows(values: Readonly<Record<string, Float32Array>>, columns: readonly Column[], rows: number): Uint8Array {
  const rowLength = columns.reduce((sum, { width }) => sum + width, 0);
  const packed = new Float16Array(rows * rowLength);
  let column = 0;
  for (const { name, width } of columns) {
    for (let row = 0; row < rows; row++) packed.set(values[name]?.subarray(row * width, (row + 1) * width) ?? [], row * rowLength + column);
    column += width;
  }
  return new Uint8Array(packed.buffer);
}

function unpackRows(packed: Float16Array, columns: readonly Column[], rows: number): Record<string, Float32Array> {
  const rowLength = packed.length / rows;
  const values: Record<string, Float32Array> = {};
  let column = 0;
  for (const { name, width } of columns) {
    const value = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) {
      const start = row * rowLength + column;
      value.set(packed.subarray(start, start + width), row * width);
    }
    values[name] = value;
    column += width;
  }
  return values;
}
