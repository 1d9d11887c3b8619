import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EngineError } from '../engine.ts';
import type { Addon } from './addon.ts';
import { encodeSavedModel, servingTag } from './saved-model.ts';
import type { GraphNode } from './saved-model.ts';

export interface Feed {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** A graph with its variables in TensorFlow. Runs are synchronous. */
export class Session {
  readonly #addon: Addon;
  readonly #id: number;

  /** Throws EngineError with TensorFlow's words where the graph does not load. */
  constructor(addon: Addon, nodes: readonly GraphNode[]) {
    this.#addon = addon;
    // The addon reads graphs from a folder only.
    const folder = mkdtempSync(path.join(tmpdir(), 'chex-graph-'));
    try {
      mkdirSync(path.join(folder, 'variables'));
      writeFileSync(path.join(folder, 'saved_model.pb'), encodeSavedModel(nodes));
      this.#id = load(addon, folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Values of the nodes in `fetches`, in their order. Throws Error with TensorFlow's words, EngineError where memory is short. */
  run(feeds: Readonly<Record<string, Feed>>, fetches: readonly string[]): (Float32Array | Int32Array | Uint8Array)[] {
    const addon = this.#addon;
    const first = (name: string) => `${name}:0`;
    const inputs: number[] = [];
    let outputs: readonly { readonly id: number }[] = [];
    try {
      for (const { shape, values } of Object.values(feeds)) inputs.push(addon.createTensor(shape, typeOf(addon, values), values));
      outputs = addon.runSavedModel(this.#id, inputs, Object.keys(feeds).map(first).join(), fetches.map(first).join());
      return outputs.map(({ id }) => addon.tensorDataSync(id));
    } catch (error) {
      if (!(error instanceof Error) || !/OOM when allocating|out of memory|failed to allocate/i.test(error.message)) throw error;
      throw new EngineError(`Cannot go on: the device has no memory left for this batch; set a smaller batchSize. TensorFlow says: ${error.message}`, { cause: error });
    } finally {
      for (const id of inputs) addon.deleteTensor(id);
      for (const { id } of outputs) addon.deleteTensor(id);
    }
  }

  close(): void {
    this.#addon.deleteSavedModel(this.#id);
  }
}

function load(addon: Addon, folder: string): number {
  try {
    return addon.loadSavedModel(folder, servingTag);
  } catch (error) {
    throw new EngineError(`Cannot load the graph of the network into TensorFlow ${addon.TF_Version}; it is made for 2.21.0, which \`npm run build:native\` builds. TensorFlow says: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function typeOf(addon: Addon, values: Feed['values']): number {
  if (values instanceof Float32Array) return addon.TF_FLOAT;
  return values instanceof Uint8Array ? addon.TF_UINT8 : addon.TF_INT32;
}
