import { sizeOf } from '../models/layers.ts';
import type { Node } from '../models/network.ts';
import { EngineError } from './engine.ts';
import type { Feeds } from './engine.ts';

export interface Fed {
  /** With the batch first. */
  readonly shape: readonly number[];
  readonly values: Uint8Array | Float32Array;
}

/** What the input nodes of a graph get, by their names. Throws EngineError when one is missing, ragged or of another batch. */
export function fedInputs(nodes: readonly Node[], feeds: Feeds): ReadonlyMap<string, Fed> {
  const fed = new Map<string, Fed>();
  let batch: number | undefined;
  for (const { name, operation, shape } of nodes) {
    if (operation.kind !== 'input') continue;
    const values = feeds[name];
    if (values === undefined) throw new EngineError(`Cannot run the network: nothing was fed to its input ${name}`);
    const own = values.length / sizeOf(shape);
    if (own < 1 || !Number.isInteger(own)) {
      throw new EngineError(`Cannot feed ${name}: ${String(values.length)} values are no whole number of examples of shape [${shape.join()}]`);
    }
    batch ??= own;
    if (own !== batch) throw new EngineError(`Cannot feed ${name}: it has ${String(own)} examples where the inputs before have ${String(batch)}`);
    fed.set(name, { shape: [own, ...shape], values });
  }
  return fed;
}
