import type { Tensor, Tensors } from '../engines/engine.ts';
import type { Network } from '../models/network.ts';
import { parameterCount, weightsOf } from '../models/weights.ts';
import type { NetworkWeight } from '../models/weights.ts';
import { groupAt, ModelFileError, namesIn, readHdf5, tensorAt, writeHdf5 } from './hdf5.ts';
import type { Group } from './hdf5.ts';
import { kerasConfig } from './keras-config.ts';

/**
 * `autoencoder.h5`: a whole model in Keras's HDF5 layout, from float32 films [N, size, size, 3] in 0 to 1 to their
 * reconstructions in -1 to 1. Throws where a weight is missing or has another shape.
 */
export function writeAutoencoder(network: Network, weights: Tensors): Promise<Uint8Array> {
  const config = kerasConfig(network, { input: 'film', output: 'reconstruction' });
  return writeWeights(network, weights, { model_config: JSON.stringify(config) });
}

/** `head.h5`: the head's weights in the same layout; `parts` become attributes that say what else the model is made of. */
export function writeHead(network: Network, weights: Tensors, parts: Readonly<Record<string, string>>): Promise<Uint8Array> {
  return writeWeights(network, weights, parts);
}

/** The weights of a file that `writeAutoencoder` or `writeHead` made. Throws ModelFileError where it is not this network's. */
export function readWeights(bytes: Uint8Array, network: Network, uri: string): Promise<Tensors> {
  return readHdf5(bytes, uri, (root) => {
    const group = groupAt(root, 'model_weights');
    const find = (weight: NetworkWeight) => (group === null ? null : tensorAt(group, pathOf(weight)));
    const act = `Cannot read ${uri} as the ${network.name} of this training`;
    return collect(network, find, { act, remedy: 'give the file that was trained with the same size, width and observations' });
  });
}

/**
 * The weights of a user's Keras .h5 of Inception-ResNet-v2, whole model or weights alone, with or without top. Keras
 * numbers layers in order of creation, from 1 in the official file and from 0 in files of Keras 3: the rank of a
 * number among its kind says which layer it is. Throws ModelFileError that names the first weight that differs.
 */
export function readInceptionResNetV2(bytes: Uint8Array, network: Network, uri: string): Promise<Tensors> {
  return readHdf5(bytes, uri, (root) => {
    const purpose = {
      act: `Cannot read ${uri} as Inception-ResNet-v2`,
      remedy: "give keras.applications.InceptionResNetV2(include_top=False), saved by model.save('weights.h5')",
    };
    const group = groupAt(root, 'model_weights') ?? root;
    const paths = storedPaths(group, purpose);
    const find = ({ fullName }: NetworkWeight) => {
      const path = paths.get(fullName);
      return path === undefined ? null : tensorAt(group, path);
    };
    const tensors = collect(network, find, purpose);
    const foreign = [...paths.keys()].find((name) => !tensors.has(name) && !name.startsWith('predictions/'));
    if (foreign !== undefined) throw faultOf(purpose, `it also holds ${foreign}`);
    return tensors;
  });
}

/** What is being done, and what helps where the weights do not fit. */
interface Purpose {
  readonly act: string;
  readonly remedy: string;
}

function faultOf({ act, remedy }: Purpose, state: string): ModelFileError {
  return new ModelFileError(`${act}: ${state}; ${remedy}`);
}

/** Where Keras puts a weight below `model_weights`. */
function pathOf({ node, fullName }: NetworkWeight): string {
  return `${node}/${fullName}`;
}

function writeWeights(network: Network, weights: Tensors, attributes: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const groupsBytes = 1 << 20;
  return writeHdf5(4 * parameterCount(network) + groupsBytes, (root) => {
    // Keras asks which version's layout it is.
    const keras = { keras_version: '3.15.1', backend: 'tensorflow' };
    const group = root.create_group('model_weights');
    for (const [name, value] of Object.entries({ ...keras, ...attributes })) root.create_attribute(name, value);
    for (const [name, value] of Object.entries(keras)) group.create_attribute(name, value);
    const nodes = network.nodes.filter((node) => node.weights.length > 0);
    group.create_attribute('layer_names', nodes.map((node) => node.name));
    for (const node of nodes) {
      const layer = group.create_group(node.name);
      layer.create_attribute('weight_names', node.weights.map((weight) => `${node.name}/${weight.name}`));
      layer.create_group(node.name);
    }
    const tensors = collect(network, (weight) => weights.get(weight.fullName) ?? null, { act: `Cannot write the ${network.name}`, remedy: 'train it again' });
    for (const weight of weightsOf(network)) {
      const data = tensors.get(weight.fullName)?.values ?? [];
      group.create_dataset({ name: pathOf(weight), data, shape: [...weight.shape], dtype: '<f' });
    }
  });
}

/** Every weight of the network as `find` has it; each must be there, have its shape and be finite. */
function collect(network: Network, find: (weight: NetworkWeight) => Tensor | null, purpose: Purpose): Tensors {
  const tensors = new Map<string, Tensor>();
  for (const weight of weightsOf(network)) {
    const { fullName, shape } = weight;
    const tensor = find(weight);
    if (tensor === null) throw faultOf(purpose, `it has no weight ${fullName}`);
    if (tensor.shape.join() !== shape.join()) {
      throw faultOf(purpose, `its weight ${fullName} is ${tensor.shape.join(' x ')}, not ${shape.join(' x ')}`);
    }
    if (!areFinite(tensor.values)) throw faultOf(purpose, `its weight ${fullName} holds numbers that are not finite`);
    tensors.set(fullName, tensor);
  }
  return tensors;
}

/** A plain loop: `every` takes ten times as long over the 54 million numbers of a backbone. */
function areFinite(values: Float32Array): boolean {
  let sum = 0; // of float32 in float64: it cannot overflow, so it is finite where all numbers are
  for (let index = 0; index < values.length; index++) sum += values[index] ?? 0;
  return Number.isFinite(sum);
}

/** Paths of all weights of a file by the names they have here. */
function storedPaths(group: Group, purpose: Purpose): Map<string, string> {
  const layers = namesIn(group, 'layer_names');
  if (layers === null) throw faultOf(purpose, 'it has no layer_names, so it is not in the layout of model.save');
  const names = numberedFromOne(layers);
  const paths = new Map<string, string>();
  for (const layer of layers) {
    const stored = groupAt(group, layer);
    for (const path of (stored === null ? null : namesIn(stored, 'weight_names')) ?? []) {
      const weight = path.slice(path.lastIndexOf('/') + 1).replace(/:0$/, '');
      paths.set(`${names.get(layer) ?? layer}/${weight}`, `${layer}/${path}`);
    }
  }
  return paths;
}

/** New names of the automatically numbered layers: `conv2d` and `conv2d_7` to `conv2d_1` and `conv2d_2`, in order. */
function numberedFromOne(layers: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const kind of ['conv2d', 'batch_normalization']) {
    const numbered = layers.flatMap((layer) => {
      const match = new RegExp(`^${kind}(?:_(\\d+))?$`).exec(layer);
      return match === null ? [] : [{ layer, number: Number(match[1] ?? 0) }];
    });
    numbered.sort((a, b) => a.number - b.number);
    for (const [rank, { layer }] of numbered.entries()) names.set(layer, `${kind}_${rank + 1}`);
  }
  return names;
}
