import type * as Tf from '@tensorflow/tfjs-core';
import type { Network } from '../models/network.ts';
import { divergedError, lossNotFinite } from './diverged.ts';
import { evaluatePass, firstNotFinite, predictPass, stepPass } from './eager-pass.ts';
import type { Computing } from './eager-pass.ts';
import { EngineError } from './engine.ts';
import type { Feeds, Model, ModelOptions, ModelState, Scalars, Tensors } from './engine.ts';
import { inScope } from './in-scope.ts';
import type { Kernels } from './kernels.ts';
import { ModelTensors } from './model-tensors.ts';

export interface Backend {
  readonly tf: typeof Tf;
  readonly kernels: Kernels;
  /** Makes it tfjs' current backend; another engine of the process may have been. */
  activate(): void;
}

/** A network on tfjs, node by node, with own gradients. */
export class EagerModel implements Model {
  readonly network: Network;
  readonly #backend: Backend;
  readonly #options: ModelOptions;
  readonly #tensors: ModelTensors;

  constructor(backend: Backend, network: Network, options: ModelOptions) {
    this.network = network;
    this.#backend = backend;
    this.#options = options;
    this.#tensors = new ModelTensors({ tf: backend.tf, kernels: backend.kernels, network, seed: options.seed });
  }

  get updates(): number {
    return this.#tensors.updates;
  }

  trainStep(feeds: Feeds): Promise<Scalars> {
    return this.#run(() => this.#trainStep(feeds));
  }

  evaluate(feeds: Feeds): Promise<Scalars> {
    return this.#run(() => evaluatePass(this.#computing(), feeds));
  }

  predict<Name extends string>(feeds: Feeds, outputs: readonly Name[]): Promise<Record<Name, Float32Array>> {
    return this.#run(() => predictPass(this.#computing(), feeds, outputs));
  }

  getState(): Promise<ModelState> {
    return this.#run(() => this.#tensors.readState());
  }

  setState(state: ModelState): void {
    this.#backend.activate();
    this.#tensors.setState(state);
  }

  getWeights(): Promise<Tensors> {
    return this.#run(() => this.#tensors.readWeights());
  }

  setWeights(weights: Tensors): void {
    this.#backend.activate();
    this.#tensors.setWeights(weights);
  }

  setFrozen(weights: Tensors): void {
    this.#backend.activate();
    this.#tensors.setFrozen(weights);
  }

  dispose(): void {
    this.#tensors.dispose();
  }

  async #run<Result>(work: () => Result): Promise<Result> {
    this.#backend.activate();
    return Promise.resolve(inScope(this.#backend.tf, work));
  }

  #trainStep(feeds: Feeds): Scalars {
    const { adam, seed } = this.#options;
    const { network, updates } = this;
    const { objective } = network;
    if (adam === undefined || objective === undefined) throw new EngineError(`Cannot train ${network.name}: it was loaded without ${adam === undefined ? 'an optimiser' : 'an objective'}`);
    const computing = this.#computing();
    const step = stepPass(computing, feeds, { seed, updates });
    const loss = lossNotFinite(step.losses);
    if (loss !== null) throw divergedError(network, { loss, updates, bad: firstNotFinite(computing, feeds, { seed, updates }) });
    this.#tensors.update({ gradients: step.gradients(objective), moved: step.moved, adam });
    return step.losses;
  }

  #computing(): Computing {
    return { tf: this.#backend.tf, kernels: this.#backend.kernels, network: this.network, weights: this.#tensors.weights };
  }
}
