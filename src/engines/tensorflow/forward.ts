import type { Network, Node } from '../../models/network.ts';
import type { GraphBuilder, Ref } from './graph-builder.ts';
import { emit } from './operations/emit.ts';
import type { Emitted, TrainingRefs } from './operations/emission.ts';

export interface ForwardOptions {
  readonly network: Network;
  /** Those to emit, every node after those it reads. */
  readonly nodes: readonly Node[];
  /** Of nodes that are there before, such as the inputs: float32, by name. */
  readonly feeds: ReadonlyMap<string, Ref>;
  /** By full name. */
  readonly weights: ReadonlyMap<string, Ref>;
  /** What a node's output is called in the graph. */
  readonly nameOf: (node: string) => string;
  readonly training?: TrainingRefs;
}

/** A pass through a network; by node name. */
export interface Forward {
  readonly values: ReadonlyMap<string, Ref>;
  /** Without the inputs. */
  readonly emitted: ReadonlyMap<string, Emitted>;
}

export function emitForward(graph: GraphBuilder, { network, nodes, feeds, weights, nameOf, training }: ForwardOptions): Forward {
  const values = new Map(feeds);
  const emitted = new Map<string, Emitted>();
  const named = new Map(network.nodes.map((node) => [node.name, node]));
  for (const node of nodes) {
    if (!values.has(node.name)) {
      const result = emit({
        graph,
        node,
        inputs: node.inputs.map((input) => refOf(values, input)),
        inputShapes: node.inputs.map((input) => named.get(input)?.shape ?? []),
        channel: channelOf(node, named, values),
        weights: node.weights.map((weight) => refOf(weights, `${node.name}/${weight.name}`)),
        ...(training && { training }),
      });
      emitted.set(node.name, result);
      values.set(node.name, result.output);
    }
    graph.alias(nameOf(node.name), refOf(values, node.name));
  }
  return { values, emitted };
}

function channelOf({ inputs: [first = ''] }: Node, named: ReadonlyMap<string, Node>, values: ReadonlyMap<string, Ref>): Ref | null {
  const source = named.get(first);
  return source?.operation.kind === 'repeatChannels' ? (values.get(source.inputs[0] ?? '') ?? null) : null;
}

export function refOf(refs: ReadonlyMap<string, Ref>, name: string): Ref {
  const ref = refs.get(name);
  if (ref === undefined) throw new Error(`Cannot emit the network: ${name} has no value`);
  return ref;
}
