import type * as Tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../models/layers.ts';
import type { Node } from '../models/network.ts';
import { EngineError } from './engine.ts';
import type { Feeds } from './engine.ts';

/** What the input nodes get, as float32 with the batch first. Throws when one is missing, ragged or of another batch. */
export function feedTensors(tf: typeof Tf, nodes: readonly Node[], feeds: Feeds): ReadonlyMap<string, Tf.Tensor> {
  const inputs = nodes.filter((node) => node.operation.kind === 'input');
  const fed = new Map<string, Tf.Tensor>();
  let batch: number | undefined;
  for (const node of inputs) {
    const values = feeds[node.name];
    const size = sizeOf(node.shape);
    if (values === undefined) throw new EngineError(`Cannot run the network: nothing was fed to its input ${node.name}`);
    const own = values.length / size;
    if (own < 1 || !Number.isInteger(own)) {
      throw new EngineError(`Cannot feed ${node.name}: ${String(values.length)} values are no whole number of examples of shape [${node.shape.join()}]`);
    }
    batch ??= own;
    if (own !== batch) throw new EngineError(`Cannot feed ${node.name}: it has ${String(own)} examples where the inputs before have ${String(batch)}`);
    fed.set(node.name, tf.tensor(values instanceof Float32Array ? values : new Float32Array(values), [own, ...node.shape]));
  }
  return fed;
}
