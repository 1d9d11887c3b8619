import type { Network, Shape } from '../../models/network.ts';
import type { Tensors } from '../engine.ts';
import { nodesBetween } from '../graph.ts';
import { typeAttribute } from './attributes.ts';
import { emitForward, refOf } from './forward.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { Ref } from './graph-builder.ts';
import { encodeSavedModel } from './saved-model.ts';

/** A network with its weights. */
export interface WeightedNetwork {
  readonly network: Network;
  readonly weights: Tensors;
}

export interface CombinedParts {
  readonly head: WeightedNetwork;
  /** The frozen backbone, if there is one. */
  readonly backbone: WeightedNetwork | null;
  /** By the head's input that reads its differences. */
  readonly autoencoders: ReadonlyMap<string, WeightedNetwork>;
}

/**
 * saved_model.pb of an autoencoder for others to call: `serving_default` from `film`, float32 [N, size, size, 3] in 0
 * to 1, to `reconstruction` of the same shape. The weights are constants: variables would have to be initialised.
 */
export function encodeAutoencoder(autoencoder: WeightedNetwork): Uint8Array {
  const graph = new GraphBuilder();
  const film = graph.placeholder('film', 'float32', [-1, ...filmShape(autoencoder.network)]);
  const reconstruction = emitPart(graph, autoencoder, { scope: 'autoencoder', given: new Map([['film', film]]), to: 'reconstruction' });
  return encode(graph, { film, shape: filmShape(autoencoder.network) }, { name: 'reconstruction', ref: reconstruction, shape: filmShape(autoencoder.network) });
}

/** The same of a combined model with all of its frozen parts: from `film` to `score` [N, observations]. */
export function encodeCombined({ head, backbone, autoencoders }: CombinedParts, size: number): Uint8Array {
  const graph = new GraphBuilder();
  const shape = [size, size, 3];
  const film = graph.placeholder('film', 'float32', [-1, ...shape]);
  const given = new Map<string, Ref>();
  for (const [input, part] of autoencoders) {
    const difference = emitPart(graph, part, { scope: input, given: new Map([['film', film]]), to: 'difference' });
    given.set(input, graph.reshape(difference, [size * size * 3]));
  }
  if (backbone !== null) {
    // Its own film lies in -1 to 1.
    const scaled = graph.float('Sub', [graph.float('Mul', [film, graph.number(2)]), graph.number(1)]);
    given.set('backbone', emitPart(graph, backbone, { scope: 'backbone', given: new Map([['film', scaled]]), to: 'features' }));
  }
  // A trained backbone reads the grey film, which is each of its channels.
  given.set('grey', graph.float('Slice', [film, graph.integers([0, 0, 0, 0]), graph.integers([-1, size, size, 1])], { Index: typeAttribute('int32') }));
  const score = emitPart(graph, head, { scope: 'head', given, to: 'score' });
  return encode(graph, { film, shape }, { name: 'score', ref: score, shape: shapeOf(head.network, 'score') });
}

interface Part {
  readonly scope: string;
  /** Values of nodes that need not be computed. */
  readonly given: ReadonlyMap<string, Ref>;
  readonly to: string;
}

function emitPart(graph: GraphBuilder, { network, weights }: WeightedNetwork, { scope, given, to }: Part): Ref {
  const nodes = nodesBetween(network, new Set(given.keys()), to);
  const named = nodes.flatMap((node) => node.weights.map((weight) => `${node.name}/${weight.name}`));
  const constants = new Map(named.map((name) => [name, constantOf(graph, { name: `${scope}/${name}`, tensor: weights.get(name) })]));
  const { values } = emitForward(graph, { network, nodes, feeds: given, weights: constants, nameOf: (node) => `${scope}/${node}` });
  return refOf(values, to);
}

function constantOf(graph: GraphBuilder, { name, tensor }: { name: string; tensor: { shape: Shape; values: Float32Array } | undefined }): Ref {
  if (tensor === undefined) throw new Error(`Cannot write the model: the weight ${name} is missing`);
  return graph.constant(name, tensor.shape, tensor.values);
}

function encode(graph: GraphBuilder, { film, shape }: { film: Ref; shape: Shape }, output: { name: string; ref: Ref; shape: Shape }): Uint8Array {
  const end = (ref: Ref, of: Shape) => ({ tensor: `${ref}:0`, type: 'float32' as const, shape: [-1, ...of] });
  return encodeSavedModel(graph.nodes, { serving_default: { inputs: { film: end(film, shape) }, outputs: { [output.name]: end(output.ref, output.shape) } } });
}

const filmShape = (network: Network): Shape => shapeOf(network, 'film');

function shapeOf(network: Network, name: string): Shape {
  const node = network.nodes.find((each) => each.name === name);
  if (node === undefined) throw new Error(`Cannot write the model: ${network.name} has no ${name}`);
  return node.shape;
}
