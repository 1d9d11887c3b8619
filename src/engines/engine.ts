/**
 * engines/ computes: one port, derived from the description of a network (models/network.ts). Wasm (npm
 * alone) runs it node by node on TensorFlow.js, native as one graph a step on libtensorflow. Nobody else imports TensorFlow.
 */
import type { Network } from '../models/network.ts';

export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** By full weight name, `<node>/<weight>`. */
export type Tensors = ReadonlyMap<string, Tensor>;

/**
 * What fills the input nodes, by node name: row-major, batch first; the batch is its length over the node's size. A
 * junction that is fed is not computed, and the inputs that only it needs are not asked for.
 */
export type Feeds = Readonly<Record<string, Uint8Array | Float32Array>>;

/** Scalars by node name: the objective and the metrics, each the mean over the batch. */
export type Scalars = Readonly<Record<string, number>>;

/** Everything that makes the next training step what it is, but for the frozen weights, which no step changes. */
export interface ModelState {
  readonly weights: Tensors;
  /** Adam's moments of the trainable weights; empty before the first step. */
  readonly firstMoments: Tensors;
  readonly secondMoments: Tensors;
  /** Updates so far: Adam's t, the ramp of batchNorm, the step of the dropout masks. */
  readonly updates: number;
}

/** Keras's Adam; beta1 0.5 in the study. */
export interface Adam {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export interface ModelOptions {
  /** Seeds the initial weights, where none are set, and the dropout masks. */
  readonly seed: number;
  /** Absent for a network that is only run forward. */
  readonly adam?: Adam;
}

/** A network with its weights on an engine. Weights that nobody set are made when they are first needed, from the seed. */
export interface Model {
  readonly network: Network;
  readonly updates: number;
  /** One update. Resolves to the losses before it, dropout on. Throws DivergedError where a loss is not finite, weights unchanged. */
  trainStep(feeds: Feeds): Promise<Scalars>;
  /** Losses without dropout, with moving statistics. */
  evaluate(feeds: Feeds): Promise<Scalars>;
  /** Values of nodes without dropout, with moving statistics. Only the inputs these nodes need must be fed. */
  predict<Name extends string>(feeds: Feeds, outputs: readonly Name[]): Promise<Record<Name, Float32Array>>;
  getState(): Promise<ModelState>;
  setState(state: ModelState): void;
  /** The weights of `getState()` alone: a third of its bytes. */
  getWeights(): Promise<Tensors>;
  /** Replaces the weights that training changes, by name; throws when one is missing or has another shape. */
  setWeights(weights: Tensors): void;
  /**
   * Sets weights of frozen nodes, all at once or part by part. Throws when one is not such a weight or has another
   * shape; what runs the model throws while only some of them are set.
   */
  setFrozen(weights: Tensors): void;
  dispose(): void;
}

export interface Engine {
  readonly name: 'native' | 'wasm';
  /** What it runs on, for people: `wasm, 1 thread` or `TensorFlow 2.21.0, CPU, 2 threads`. */
  readonly device: string;
  readonly threads: number;
  /** Why it is this engine or this device, where a better one was looked for in vain. */
  readonly note?: string;
  /** Throws EngineError where these networks, loaded together and trained one after the other, do not fit with batches of so many films: ask before any work. */
  demandRoom(residents: readonly Network[], batch: number): void;
  load(network: Network, options: ModelOptions): Model;
}

/** The engine cannot be had or cannot do what is asked: a matter of configuration, never retried. */
export class EngineError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
  }
}

/** A loss is no longer a number: the same steps would end the same way, so it is never retried. */
export class DivergedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DivergedError';
  }
}
