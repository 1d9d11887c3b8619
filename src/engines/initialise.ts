import { sizeOf } from '../models/layers.ts';
import type { Network } from '../models/network.ts';
import { frozenWeights } from '../models/weights.ts';
import type { NetworkWeight } from '../models/weights.ts';
import type { Tensors } from './engine.ts';
import { fillPhilox } from './philox.ts';

/** Tells these numbers from those of the dropout masks, whose counters end in 0. */
const INITIALISATION = 1;

/** The initial values of a weight, from the seed and its full name alone, so that all engines start equal bit for bit. */
export function initialValues(weight: NetworkWeight, seed: number): Float32Array {
  const size = sizeOf(weight.shape);
  const { initialiser, fullName } = weight;
  switch (initialiser.kind) {
    case 'zeros':
      return new Float32Array(size);
    case 'ones':
      return new Float32Array(size).fill(1);
    case 'normal':
      return normal(randomWords(size, fullName, seed), size, initialiser.deviation);
    case 'glorotUniform':
      return uniform(randomWords(size, fullName, seed), size, Math.sqrt(6 / (initialiser.fanIn + initialiser.fanOut)));
    default:
      return initialiser satisfies never;
  }
}

/** The initial values of all weights of a frozen network, by full name. */
export function initialFrozen(network: Network, seed: number): Tensors {
  return new Map(frozenWeights(network).map((weight) => [weight.fullName, { shape: weight.shape, values: initialValues(weight, seed) }]));
}

function randomWords(size: number, name: string, seed: number): Uint32Array {
  const words = new Uint32Array(Math.ceil(size / 4) * 4);
  fillPhilox(words, seed, [0, 0, hash(name), INITIALISATION]);
  return words;
}

/** FNV-1a over the UTF-16 units of the name. */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) value = Math.imul(value ^ name.charCodeAt(index), 0x01000193) >>> 0;
  return value;
}

/** Box and Muller's pairs. */
function normal(words: Uint32Array, size: number, deviation: number): Float32Array {
  const values = new Float32Array(words.length);
  for (let index = 0; index + 1 < words.length; index += 2) {
    // The half keeps the logarithm finite.
    const radius = deviation * Math.sqrt(-2 * Math.log(((words[index] ?? 0) + 0.5) / 0x1_0000_0000));
    const angle = (2 * Math.PI * (words[index + 1] ?? 0)) / 0x1_0000_0000;
    values[index] = radius * Math.cos(angle);
    values[index + 1] = radius * Math.sin(angle);
  }
  return values.slice(0, size);
}

/** Between -limit and limit. */
function uniform(words: Uint32Array, size: number, limit: number): Float32Array {
  const values = new Float32Array(size);
  for (let index = 0; index < size; index += 1) values[index] = limit * ((2 * ((words[index] ?? 0) + 0.5)) / 0x1_0000_0000 - 1);
  return values;
}
