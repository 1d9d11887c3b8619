import type { Network, Node } from '../models/network.ts';
import { EngineError } from './engine.ts';
import type { Feeds } from './engine.ts';

/** The part of a network that gives certain nodes, with what each value is needed for. */
export interface Graph {
  /** In order; every node after those it reads. */
  readonly nodes: readonly Node[];
  /** How many of `nodes` read a node; the wanted nodes count once more. */
  readonly readers: ReadonlyMap<string, number>;
}

/** A junction that is fed is an input: what is above it is left out. Throws when a name is not a node of the network. */
export function selectGraph(network: Network, wanted: readonly string[], feeds: Feeds = {}): Graph {
  const readers = new Map<string, number>();
  const count = (name: string) => readers.set(name, (readers.get(name) ?? 0) + 1);
  for (const name of wanted) {
    if (!network.nodes.some((node) => node.name === name)) {
      throw new EngineError(`Cannot compute ${name}: ${network.name} has no such node. It offers ${network.outputs.join(', ')}`);
    }
    count(name);
  }
  const nodes = network.nodes.map((node) => (Object.hasOwn(feeds, node.name) ? asFed(node) : node)).reverse().filter((node) => {
    if (!readers.has(node.name)) return false;
    node.inputs.forEach(count);
    return true;
  });
  return { nodes: nodes.reverse(), readers };
}

function asFed(node: Node): Node {
  return node.operation.kind === 'junction' ? { ...node, operation: { kind: 'input', dtype: 'float32' }, inputs: [] } : node;
}

/** Names of the nodes whose output depends on a trainable weight: the gradient flows through them and no others. */
export function trainedNodes(nodes: readonly Node[]): ReadonlySet<string> {
  const trained = new Set<string>();
  for (const node of nodes) {
    if (node.operation.kind === 'junction') continue;
    if (node.weights.some((weight) => weight.trainable) || node.inputs.some((input) => trained.has(input))) trained.add(node.name);
  }
  return trained;
}

/** Whether a node's gradient reads its inputs or its output, which must live until then. */
export function keptForGradient(node: Node): { readonly inputs: boolean; readonly output: boolean } {
  switch (node.operation.kind) {
    case 'conv2d':
    case 'conv2dTranspose':
    case 'dense':
    case 'batchNorm':
    case 'meanAbsoluteError':
    case 'meanSquaredError':
    case 'binaryCrossEntropy':
    case 'categoricalCrossEntropy':
      return { inputs: true, output: false };
    case 'maxPool2d':
      return { inputs: true, output: true };
    case 'leakyRelu':
    case 'relu':
    case 'tanh':
    case 'sigmoid':
    case 'softmax':
      return { inputs: false, output: true };
    case 'input':
    case 'affine':
    case 'repeatChannels':
    case 'dropout':
    case 'averagePool2d':
    case 'flatten':
    case 'reshape':
    case 'crop':
    case 'addScaled':
    case 'subtract':
    case 'concat':
    case 'junction':
      return { inputs: false, output: false };
    default:
      return node.operation satisfies never;
  }
}
