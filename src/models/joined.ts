import { elementwise, flatten } from './layers.ts';
import type { Network, Node } from './network.ts';
import { nodesBetween } from './nodes-between.ts';
import { demandSame, textOf } from './shapes.ts';

/** A frozen network that gives an input of another one. */
export interface FrozenPart {
  /** The input that it gives. */
  readonly input: string;
  readonly network: Network;
  /** Node of the network whose value, flattened, the input gets. */
  readonly output: string;
}

/**
 * A network with those that give its inputs, as one: of each part what its output needs, frozen and without dropout, and
 * a junction in the place of the input. The network's own nodes keep their names, a part's are called `<input>/<node>`.
 * Parts share their inputs and the nodes without weights that do the same. Throws where an input is missing or differs.
 */
export function joined(network: Network, parts: readonly FrozenPart[]): Network {
  const given = new Set(parts.map(({ input }) => input));
  const [inputs, others] = [network.nodes.filter(isInput), network.nodes.filter((node) => !isInput(node))];
  const nodes: Node[] = [];
  const known = new Map<string, Node>();
  const add = (node: Node): Node => {
    const key = keyOf(node);
    const same = known.get(key);
    if (same !== undefined) return same;
    nodes.push(node);
    known.set(key, node);
    return node;
  };
  for (const input of inputs) if (!given.has(input.name)) add(input);
  for (const part of parts) {
    const input = inputs.find(({ name }) => name === part.input);
    if (input === undefined) throw new Error(`Cannot join ${part.network.name} to ${network.name}, which has no input ${part.input}`);
    nodes.push(junctionOf(input, addPart(part, add)));
  }
  return { ...network, nodes: [...nodes, ...others], outputs: [...network.outputs, ...given] };
}

/** What a part's weight is called in the joined network. */
export function nameInPart({ input }: FrozenPart, name: string): string {
  return `${input}/${name}`;
}

/** Adds what the part's output needs; gives the output, flattened. */
function addPart(part: FrozenPart, add: (node: Node) => Node): Node {
  const placed = new Map<string, Node>();
  const at = (name: string): Node => {
    const node = placed.get(name);
    if (node === undefined) throw new Error(`Cannot join ${part.network.name}: it has no ${name}`);
    return node;
  };
  for (const node of nodesBetween(part.network, new Set(), part.output)) {
    const [source = ''] = node.inputs;
    if (isInput(node)) placed.set(node.name, demandInput(part, node, add(node)));
    else if (node.operation.kind === 'dropout') placed.set(node.name, at(source));
    else placed.set(node.name, add({ ...node, name: nameInPart(part, node.name), inputs: node.inputs.map((name) => at(name).name), weights: node.weights.map((weight) => ({ ...weight, trainable: false })) }));
  }
  const output = at(part.output);
  return output.shape.length === 1 ? output : add({ ...flatten()(output.shape), name: nameInPart(part, 'flat'), inputs: [output.name] });
}

function demandInput({ network }: FrozenPart, input: Node, shared: Node): Node {
  if (textOf(input.shape) === textOf(shared.shape)) return shared;
  throw new Error(`Cannot join ${network.name}: its input ${input.name} is ${textOf(input.shape)}, there it is ${textOf(shared.shape)}`);
}

function junctionOf({ name, shape }: Node, source: Node): Node {
  return { ...elementwise({ kind: 'junction' })(demandSame(shape, source.shape)), name, inputs: [source.name] };
}

/** Equal for nodes that are one: inputs of a name, and nodes without weights that do the same to the same. */
function keyOf(node: Node): string {
  const { name, ...does } = node;
  return isInput(node) ? `input ${name}` : JSON.stringify(node.weights.length > 0 ? node : does);
}

function isInput({ operation }: Node): boolean {
  return operation.kind === 'input';
}
