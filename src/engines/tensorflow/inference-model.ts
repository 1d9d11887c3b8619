import type { Network, Shape } from '../../models/network.ts';
import { nodesBetween } from '../../models/nodes-between.ts';
import { demandPixels } from '../../models/shapes.ts';
import type { Tensors } from '../engine.ts';
import { typeAttribute } from './attributes.ts';
import { emitForward, refOf } from './forward.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { Ref } from './graph-builder.ts';
import { encodeSavedModel } from './saved-model.ts';
import { tensorNames } from './tensor-names.ts';

/** A network with its weights. */
export interface WeightedNetwork {
  readonly network: Network;
  readonly weights: Tensors;
}

/**
 * saved_model.pb of an autoencoder for others to call: `serving_default` from `film`, float32 [N, size, size, 3] in 0
 * to 1, to `reconstruction` of the same shape. The weights are constants: variables would have to be initialised.
 */
export function encodeAutoencoder(autoencoder: WeightedNetwork): Uint8Array {
  const graph = new GraphBuilder();
  const shape = shapeOf(autoencoder.network, 'film');
  const film = graph.placeholder('film', 'float32', [-1, ...shape]);
  const reconstruction = emitBelow(graph, autoencoder, { given: new Map([['film', film]]), to: 'reconstruction' });
  return encode(graph, { film, shape }, { name: 'reconstruction', ref: reconstruction, shape });
}

/**
 * The same of a combined model, frozen parts and head: from `film`, three times a grey film, to `score` [N, observations].
 * What the head reads of its parts is rounded to float16, as in training.
 */
export function encodeCombined(combined: WeightedNetwork): Uint8Array {
  const graph = new GraphBuilder();
  const [height, width] = demandPixels(shapeOf(combined.network, 'image'));
  const shape = [height, width, 3];
  const film = graph.placeholder('film', 'float32', [-1, ...shape]);
  const grey = graph.float('Slice', [film, graph.integers([0, 0, 0, 0]), graph.integers([-1, height, width, 1])], { Index: typeAttribute('int32') });
  const image = graph.float('Mul', [grey, graph.number(255)]);
  const score = emitBelow(graph, combined, { given: new Map([['image', image]]), to: 'score' });
  return encode(graph, { film, shape }, { name: 'score', ref: score, shape: shapeOf(combined.network, 'score') });
}

interface Way {
  /** Values of nodes that need not be computed. */
  readonly given: ReadonlyMap<string, Ref>;
  readonly to: string;
}

function emitBelow(graph: GraphBuilder, { network, weights }: WeightedNetwork, { given, to }: Way): Ref {
  const nodes = nodesBetween(network, new Set(given.keys()), to);
  const named = nodes.flatMap((node) => node.weights.map((weight) => `${node.name}/${weight.name}`));
  const constants = new Map(named.map((name) => [name, constantOf(graph, { name: tensorNames.weight(name), tensor: weights.get(name) })]));
  const { values } = emitForward(graph, { network, nodes, feeds: given, weights: constants, nameOf: tensorNames.inferred });
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

function shapeOf(network: Network, name: string): Shape {
  const node = network.nodes.find((each) => each.name === name);
  if (node === undefined) throw new Error(`Cannot write the model: ${network.name} has no ${name}`);
  return node.shape;
}
