import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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

  /** Throws Error with TensorFlow's words where the graph does not load. */
  constructor(addon: Addon, nodes: readonly GraphNode[]) {
    this.#addon = addon;
    // The addon reads graphs from a folder only.
    const folder = mkdtempSync(path.join(tmpdir(), 'chex-graph-'));
    try {
      mkdirSync(path.join(folder, 'variables'));
      writeFileSync(path.join(folder, 'saved_model.pb'), encodeSavedModel(nodes));
      this.#id = addon.loadSavedModel(folder, servingTag);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Values of the nodes in `fetches`, in their order. Throws Error with TensorFlow's words. */
  run(feeds: Readonly<Record<string, Feed>>, fetches: readonly string[]): (Float32Array | Int32Array | Uint8Array)[] {
    const addon = this.#addon;
    const first = (name: string) => `${name}:0`;
    const inputs: number[] = [];
    let outputs: readonly { readonly id: number }[] = [];
    try {
      for (const { shape, values } of Object.values(feeds)) inputs.push(addon.createTensor(shape, typeOf(addon, values), values));
      outputs = addon.runSavedModel(this.#id, inputs, Object.keys(feeds).map(first).join(), fetches.map(first).join());
      return outputs.map(({ id }) => addon.tensorDataSync(id));
    } finally {
      for (const id of inputs) addon.deleteTensor(id);
      for (const { id } of outputs) addon.deleteTensor(id);
    }
  }

  close(): void {
    this.#addon.deleteSavedModel(this.#id);
  }
}

function typeOf(addon: Addon, values: Feed['values']): number {
  if (values instanceof Float32Array) return addon.TF_FLOAT;
  return values instanceof Uint8Array ? addon.TF_UINT8 : addon.TF_INT32;
}
