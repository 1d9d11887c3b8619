import type * as Tf from '@tensorflow/tfjs-core';
import type { Network } from '../models/network.ts';
import { learnedWeights } from '../models/weights.ts';
import { adamRate } from './adam-rate.ts';
import type { Adam, ModelState, Tensor, Tensors } from './engine.ts';
import { givenFrozen, givenWeights, unsetWeights } from './given-weights.ts';
import { initialValues } from './initialise.ts';
import type { Kernels } from './kernels.ts';

export interface ModelTensorsOptions {
  readonly tf: typeof Tf;
  readonly kernels: Kernels;
  readonly network: Network;
  readonly seed: number;
}

/** What a model keeps on its backend from step to step: weights, Adam's moments and how often they were updated. */
export class ModelTensors {
  readonly #options: ModelTensorsOptions;
  /** Those that training changes, and the frozen ones. */
  readonly #weights = new Map<string, Tf.Tensor>();
  readonly #firstMoments = new Map<string, Tf.Tensor>();
  readonly #secondMoments = new Map<string, Tf.Tensor>();
  /** Made when they are first needed: most models are given others before. */
  #needsInitialWeights = true;
  #updates = 0;

  constructor(options: ModelTensorsOptions) {
    this.#options = options;
  }

  get updates(): number {
    return this.#updates;
  }

  /** By full name. */
  get weights(): ReadonlyMap<string, Tf.Tensor> {
    if (this.#needsInitialWeights) this.#initialise();
    return this.#weights;
  }

  /** Those that training changes. */
  readWeights(): Tensors {
    const learned = new Set(learnedWeights(this.#options.network).map(({ fullName }) => fullName));
    return read(new Map([...this.weights].filter(([name]) => learned.has(name))));
  }

  readState(): ModelState {
    return { weights: this.readWeights(), firstMoments: read(this.#firstMoments), secondMoments: read(this.#secondMoments), updates: this.#updates };
  }

  /** Throws EngineError when a weight is missing or has another shape, with nothing changed. */
  setWeights(weights: Tensors): void {
    this.#putAll(givenWeights(this.#options.network, weights));
  }

  /** Throws EngineError when one is no frozen weight or has another shape, with nothing changed. */
  setFrozen(weights: Tensors): void {
    this.#putAll(givenFrozen(this.#options.network, weights));
  }

  setState(state: ModelState): void {
    this.setWeights(state.weights);
    for (const [own, given] of [[this.#firstMoments, state.firstMoments], [this.#secondMoments, state.secondMoments]] as const) {
      disposeAll(own);
      for (const [name, { shape, values }] of given) this.#put(own, name, this.#tensor(values, shape));
    }
    this.#updates = state.updates;
  }

  /** One update by these gradients, which it disposes of; `moved` are new moving statistics. */
  update({ gradients, moved, adam }: { gradients: ReadonlyMap<string, Tf.Tensor>; moved: ReadonlyMap<string, Tf.Tensor>; adam: Adam }): void {
    const by = { ...adam, rate: adamRate(adam, this.#updates + 1) };
    for (const [name, gradient] of gradients) this.#updateOne(name, gradient, by);
    for (const [name, value] of moved) this.#put(this.#weights, name, value);
    this.#updates += 1;
  }

  dispose(): void {
    this.#needsInitialWeights = false;
    for (const tensors of [this.#weights, this.#firstMoments, this.#secondMoments]) disposeAll(tensors);
  }

  #initialise(): void {
    const { network, seed } = this.#options;
    for (const weight of unsetWeights(network, (name) => this.#weights.has(name))) this.#put(this.#weights, weight.fullName, this.#tensor(initialValues(weight, seed), weight.shape));
    this.#needsInitialWeights = false;
  }

  #putAll(weights: Iterable<readonly [name: string, tensor: Tensor]>): void {
    for (const [name, { shape, values }] of weights) this.#put(this.#weights, name, this.#tensor(values, shape));
  }

  #updateOne(name: string, gradient: Tf.Tensor, by: Adam & { rate: number }): void {
    const { tf, kernels, network } = this.#options;
    const weight = this.#weights.get(name);
    if (weight === undefined) throw new Error(`Cannot update ${name}: it is not a weight of ${network.name}`);
    const first = this.#firstMoments.get(name) ?? tf.zerosLike(weight);
    const second = this.#secondMoments.get(name) ?? tf.zerosLike(weight);
    const next = kernels.adam({ weight, first, second }, gradient, by);
    gradient.dispose();
    this.#weights.set(name, tf.keep(next.weight));
    this.#firstMoments.set(name, tf.keep(next.first));
    this.#secondMoments.set(name, tf.keep(next.second));
  }

  #tensor(values: Float32Array, shape: readonly number[]): Tf.Tensor {
    return this.#options.tf.tensor(values, [...shape]);
  }

  /** In the place of the former one, beyond the scope it was made in. */
  #put(tensors: Map<string, Tf.Tensor>, name: string, tensor: Tf.Tensor): void {
    tensors.get(name)?.dispose();
    tensors.set(name, this.#options.tf.keep(tensor));
  }
}

function read(tensors: ReadonlyMap<string, Tf.Tensor>): Tensors {
  return new Map([...tensors].map(([name, tensor]) => [name, { shape: tensor.shape, values: tensor.dataSync<'float32'>().slice() }]));
}

function disposeAll(tensors: Map<string, Tf.Tensor>): void {
  for (const tensor of tensors.values()) tensor.dispose();
  tensors.clear();
}
