import type { Network } from '../../models/network.ts';
import type { ModelState, Tensors } from '../engine.ts';
import { givenFrozen, givenWeights, unsetWeights } from '../given-weights.ts';
import { initialValues } from '../initialise.ts';
import { placesOf } from './places.ts';
import type { Place, Places } from './places.ts';
import { shareNumbers } from './shared-numbers.ts';
import type { Version } from './question.ts';
import type { SharedNumbers } from './shared-numbers.ts';

/** What a model keeps from step to step, in memory that its threads share: weights, Adam's moments, how often they were updated. */
export class SharedState {
  readonly shared: SharedNumbers;
  readonly places: Places;
  readonly #network: Network;
  readonly #seed: number;
  /** Made when they are first needed: most models are given others before. */
  #needsInitialWeights = true;
  /** Full names of the weights that somebody set. */
  readonly #set = new Set<string>();
  #updates = 0;
  #version: Version = { learned: 0, frozen: 0 };

  constructor(network: Network, options: { seed: number; threads: number; isTrained: boolean }) {
    this.places = placesOf(network);
    this.shared = shareNumbers(this.places, options);
    this.#network = network;
    this.#seed = options.seed;
  }

  get updates(): number {
    return this.#updates;
  }

  /** Of the weights that there are. */
  get version(): Version {
    if (this.#needsInitialWeights) this.#initialise();
    return this.#version;
  }

  /** Those that training changes. */
  readWeights(): Tensors {
    if (this.#needsInitialWeights) this.#initialise();
    return read(this.places.learned, this.shared.weights);
  }

  readState(): ModelState {
    const { training } = this.shared;
    const moments = (numbers: Float32Array | undefined) => (numbers === undefined || this.#updates === 0 ? new Map() : read(this.places.trainable, numbers));
    return { weights: this.readWeights(), firstMoments: moments(training?.firstMoments), secondMoments: moments(training?.secondMoments), updates: this.#updates };
  }

  /** Throws EngineError when a weight is missing or has another shape, with nothing changed. */
  setWeights(weights: Tensors): void {
    this.#put(new Map(givenWeights(this.#network, weights)), 'learned');
  }

  /** Throws EngineError when one is no frozen weight or has another shape, with nothing changed. */
  setFrozen(weights: Tensors): void {
    this.#put(new Map(givenFrozen(this.#network, weights)), 'frozen');
  }

  setState(state: ModelState): void {
    this.setWeights(state.weights);
    const { training } = this.shared;
    if (training !== undefined) {
      write(this.places.trainable, training.firstMoments, state.firstMoments);
      write(this.places.trainable, training.secondMoments, state.secondMoments);
    }
    this.#updates = state.updates;
  }

  /** After an update of the trainable weights: the new moving statistics, each the sum of the parts' by their shares. */
  countUpdate(parts: readonly { readonly share: number; readonly moved: Readonly<Record<string, Float32Array>> }[]): void {
    for (const { weight, start, end } of this.places.learned) {
      if (parts[0]?.moved[weight.fullName] === undefined) continue;
      for (let index = start; index < end; index += 1) {
        this.shared.weights[index] = parts.reduce((sum, { share, moved }) => sum + share * (moved[weight.fullName]?.[index - start] ?? Number.NaN), 0);
      }
    }
    this.#updates += 1;
    this.#changed('learned');
  }

  #initialise(): void {
    const unset = new Set(unsetWeights(this.#network, (name) => this.#set.has(name)).map(({ fullName }) => fullName));
    for (const { weight, start } of [...this.places.learned, ...this.places.frozen]) {
      if (unset.has(weight.fullName)) this.shared.weights.set(initialValues(weight, this.#seed), start);
    }
    this.#needsInitialWeights = false;
    this.#changed('learned', 'frozen');
  }

  #put(given: Tensors, group: keyof Version): void {
    write(this.places[group].filter(({ weight }) => given.has(weight.fullName)), this.shared.weights, given);
    for (const name of given.keys()) this.#set.add(name);
    this.#changed(group);
  }

  #changed(...groups: readonly (keyof Version)[]): void {
    for (const group of groups) this.#version = { ...this.#version, [group]: this.#version[group] + 1 };
  }
}

/** As copies of their own. */
function read(places: readonly Place[], numbers: Float32Array): Tensors {
  return new Map(places.map(({ weight: { fullName, shape }, start, end }) => [fullName, { shape, values: new Float32Array(numbers.subarray(start, end)) }]));
}

/** 0 for those that are not given. */
function write(places: readonly Place[], numbers: Float32Array, tensors: Tensors): void {
  for (const { weight, start, end } of places) {
    const given = tensors.get(weight.fullName);
    if (given === undefined) numbers.fill(0, start, end);
    else numbers.set(given.values, start);
  }
}
