import type { Layer } from './layers.ts';
import type { Network, Node, Shape } from './network.ts';

export interface NetworkBuilder {
  /** Something fed from outside; shape without the batch. */
  input(name: string, dtype: 'uint8' | 'float32', shape: Shape): Node;
  /** A node that reads others of this network. Throws where the shapes do not fit or the name is taken. */
  add<Inputs extends readonly Shape[]>(
    name: string,
    layer: Layer<Inputs>,
    ...inputs: { [Index in keyof Inputs]: Node }
  ): Node;
  /** The network so far. */
  build(ends: { outputs: readonly Node[]; objective?: Node; metrics?: readonly Node[] }): Network;
}

/** Puts a network together node by node; `frozen` makes every weight untrainable. */
export function networkBuilder(name: string, { frozen = false }: { frozen?: boolean } = {}): NetworkBuilder {
  const nodes = new Map<string, Node>();

  function put(node: Node): Node {
    if (nodes.has(node.name)) throw new Error(`Cannot add "${node.name}" to the network "${name}": the name is taken`);
    for (const input of node.inputs) {
      if (!nodes.has(input)) throw new Error(`Cannot add "${node.name}" to the network "${name}": it has no "${input}"`);
    }
    nodes.set(node.name, node);
    return node;
  }

  return {
    input: (input, dtype, shape) => put({ name: input, operation: { kind: 'input', dtype }, inputs: [], shape, weights: [] }),

    add<Inputs extends readonly Shape[]>(added: string, layer: Layer<Inputs>, ...inputs: { [Index in keyof Inputs]: Node }) {
      const sources: readonly Node[] = inputs;
      const { operation, shape, weights } = placed(layer, sources, `Cannot add "${added}" to the network "${name}"`);
      return put({
        name: added,
        operation,
        inputs: sources.map((source) => source.name),
        shape,
        weights: frozen ? weights.map((weight) => ({ ...weight, trainable: false })) : weights,
      });
    },

    build: ({ outputs, objective, metrics = [] }) => ({
      name,
      nodes: [...nodes.values()],
      ...(objective === undefined ? {} : { objective: objective.name }),
      metrics: metrics.map((node) => node.name),
      outputs: outputs.map((node) => node.name),
    }),
  };
}

function placed<Inputs extends readonly Shape[]>(layer: Layer<Inputs>, sources: readonly Node[], failure: string) {
  try {
    // `add` has matched the number of the sources to that of the layer's inputs.
    return layer(...(sources.map((source) => source.shape) as unknown as Inputs));
  } catch (error) {
    throw new Error(`${failure}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
