import type * as Tf from '@tensorflow/tfjs-core';
import type { Network } from '../models/network.ts';
import { weightsOf } from '../models/weights.ts';
import { DivergedError, EngineError } from './engine.ts';
import type { Feeds, Model, ModelOptions, ModelState, Scalars, Tensors } from './engine.ts';
import { feedTensors } from './feeds.ts';
import { selectGraph } from './graph.ts';
import type { Graph } from './graph.ts';
import { initialValues } from './initialise.ts';
import type { Kernels } from './kernels.ts';
import type { Training } from './operations/operation.ts';
import { runBackward, runForward } from './run.ts';
import type { Setting } from './run.ts';

export interface Backend {
  readonly tf: typeof Tf;
  readonly kernels: Kernels;
  /** Makes it tfjs' current backend; another engine of the process may have been. */
  activate(): void;
  /** Throws when a training step of so large a batch does not fit. */
  demandRoom(network: Network, batch: number): void;
}

/** A network on tfjs, node by node, with own gradients. */
export class EagerModel implements Model {
  readonly network: Network;
  readonly #backend: Backend;
  readonly #options: ModelOptions;
  readonly #weights = new Map<string, Tf.Tensor>();
  readonly #firstMoments = new Map<string, Tf.Tensor>();
  readonly #secondMoments = new Map<string, Tf.Tensor>();
  #updates = 0;
  /** For which there is room. */
  #largestBatch = 0;

  constructor(backend: Backend, network: Network, options: ModelOptions) {
    this.network = network;
    this.#backend = backend;
    this.#options = options;
    backend.activate();
    for (const weight of weightsOf(network)) {
      this.#replace(this.#weights, weight.fullName, backend.tf.tensor(initialValues(weight, options.seed), [...weight.shape]));
    }
  }

  get updates(): number {
    return this.#updates;
  }

  trainStep(feeds: Feeds): Promise<Scalars> {
    return this.#run(() => this.#trainStep(feeds));
  }

  evaluate(feeds: Feeds): Promise<Scalars> {
    return this.#run((tf) => {
      const graph = selectGraph(this.network, this.#losses());
      const run = runForward(this.#setting(graph), feedTensors(tf, graph.nodes, feeds));
      return scalars(this.#losses(), run.values);
    });
  }

  predict<Name extends string>(feeds: Feeds, outputs: readonly Name[]): Promise<Record<Name, Float32Array>> {
    return this.#run((tf) => {
      const graph = selectGraph(this.network, outputs);
      const run = runForward(this.#setting(graph), feedTensors(tf, graph.nodes, feeds));
      return Object.fromEntries(outputs.map((name) => [name, run.values.get(name)?.dataSync<'float32'>()])) as Record<Name, Float32Array>;
    });
  }

  getState(): Promise<ModelState> {
    return this.#run(() => ({
      weights: readTensors(this.#weights),
      firstMoments: readTensors(this.#firstMoments),
      secondMoments: readTensors(this.#secondMoments),
      updates: this.#updates,
    }));
  }

  setState(state: ModelState): void {
    this.setWeights(state.weights);
    const { tf } = this.#backend;
    for (const [own, given] of [[this.#firstMoments, state.firstMoments], [this.#secondMoments, state.secondMoments]] as const) {
      for (const tensor of own.values()) tensor.dispose();
      own.clear();
      for (const [name, { shape, values }] of given) this.#replace(own, name, tf.tensor(values, [...shape]));
    }
    this.#updates = state.updates;
  }

  setWeights(weights: Tensors): void {
    const named = weightsOf(this.network).map(({ fullName, shape }) => {
      const given = weights.get(fullName);
      if (given?.shape.join() === shape.join()) return { fullName, given };
      throw new EngineError(`Cannot set the weights of ${this.network.name}: ${fullName} ${given === undefined ? 'is missing' : `has shape [${given.shape.join()}]`} and must have shape [${shape.join()}]`);
    });
    this.#backend.activate();
    for (const { fullName, given } of named) this.#replace(this.#weights, fullName, this.#backend.tf.tensor(given.values, [...given.shape]));
  }

  dispose(): void {
    for (const tensors of [this.#weights, this.#firstMoments, this.#secondMoments]) {
      for (const tensor of tensors.values()) tensor.dispose();
      tensors.clear();
    }
  }

  /** In a tidy, so that nothing is left behind by an error either. */
  async #run<Result>(work: (tf: typeof Tf) => Result): Promise<Result> {
    this.#backend.activate();
    const { tf } = this.#backend;
    tf.engine().startScope();
    try {
      return await Promise.resolve(work(tf));
    } finally {
      tf.engine().endScope();
    }
  }

  #trainStep(feeds: Feeds): Scalars {
    const { tf } = this.#backend;
    const { adam } = this.#options;
    const { objective } = this.network;
    if (adam === undefined || objective === undefined) throw new EngineError(`Cannot train ${this.network.name}: it was loaded without ${adam === undefined ? 'an optimiser' : 'an objective'}`);
    const graph = selectGraph(this.network, this.#losses());
    const fed = feedTensors(tf, graph.nodes, feeds);
    this.#demandRoom([...fed.values()][0]?.shape[0] ?? 0);
    const setting = this.#setting(graph, { seed: this.#options.seed, updates: this.#updates });
    const run = runForward(setting, fed);
    const losses = scalars(this.#losses(), run.values);
    for (const [name, value] of Object.entries(losses)) if (!Number.isFinite(value)) throw this.#notFinite(name, value, feeds);
    const gradients = runBackward(setting, run, objective);
    const rate = adamRate(adam, this.#updates + 1);
    for (const [name, gradient] of gradients) this.#update(name, gradient, { ...adam, rate });
    for (const [name, value] of run.moved) this.#replace(this.#weights, name, value);
    this.#updates += 1;
    return losses;
  }

  /** Asked once for each larger batch. */
  #demandRoom(batch: number): void {
    if (batch <= this.#largestBatch) return;
    this.#backend.demandRoom(this.network, batch);
    this.#largestBatch = batch;
  }

  #update(name: string, gradient: Tf.Tensor, by: { rate: number; beta1: number; beta2: number; epsilon: number }): void {
    const { tf, kernels } = this.#backend;
    const weight = this.#weights.get(name);
    if (weight === undefined) throw new Error(`Cannot update ${name}: it is not a weight of ${this.network.name}`);
    const first = this.#firstMoments.get(name) ?? tf.zerosLike(weight);
    const second = this.#secondMoments.get(name) ?? tf.zerosLike(weight);
    const next = kernels.adam({ weight, first, second }, gradient, by);
    gradient.dispose();
    this.#weights.set(name, tf.keep(next.weight));
    this.#firstMoments.set(name, tf.keep(next.first));
    this.#secondMoments.set(name, tf.keep(next.second));
  }

  /** Runs once more to find where the first value that is not a number appears. */
  #notFinite(loss: string, value: number, feeds: Feeds): DivergedError {
    const { tf } = this.#backend;
    const bad = [...this.#weights].find(([, tensor]) => !isFinite(tensor))?.[0] ?? this.#firstBadNode(tf, feeds);
    return new DivergedError(`Cannot train ${this.network.name}: ${loss} is ${String(value)} at step ${String(this.#updates + 1)}; the first tensor that is not finite is ${bad}. The weights are unchanged; try a smaller learning rate`);
  }

  #firstBadNode(tf: typeof Tf, feeds: Feeds): string {
    for (const node of selectGraph(this.network, this.#losses()).nodes) {
      const graph = selectGraph(this.network, [node.name]);
      const bad = tf.tidy(() => {
        const run = runForward(this.#setting(graph, { seed: this.#options.seed, updates: this.#updates }), feedTensors(tf, graph.nodes, feeds));
        const output = run.values.get(node.name);
        return output !== undefined && !isFinite(output);
      });
      if (bad) return node.name;
    }
    return 'unknown';
  }

  #setting(graph: Graph, training?: Training): Setting {
    return { tf: this.#backend.tf, kernels: this.#backend.kernels, graph, weights: this.#weights, ...(training && { training }) };
  }

  #losses(): readonly string[] {
    const { objective, metrics } = this.network;
    return [...new Set([...(objective === undefined ? [] : [objective]), ...metrics])];
  }

  #replace(tensors: Map<string, Tf.Tensor>, name: string, tensor: Tf.Tensor): void {
    tensors.get(name)?.dispose();
    tensors.set(name, this.#backend.tf.keep(tensor));
  }
}

/** The t-th step's learningRate * sqrt(1 - beta2^t) / (1 - beta1^t), rounded to float32 where Keras does: at t = 1 that is 6e-6. */
function adamRate({ learningRate, beta1, beta2 }: NonNullable<ModelOptions['adam']>, t: number): number {
  const remaining = (beta: number) => Math.fround(1 - Math.fround(Math.fround(beta) ** t));
  return Math.fround(Math.fround(Math.fround(learningRate) * Math.fround(Math.sqrt(remaining(beta2)))) / remaining(beta1));
}

function scalars(names: readonly string[], values: ReadonlyMap<string, Tf.Tensor>): Scalars {
  return Object.fromEntries(names.map((name) => [name, values.get(name)?.dataSync()[0] ?? Number.NaN]));
}

function readTensors(tensors: ReadonlyMap<string, Tf.Tensor>): Tensors {
  return new Map([...tensors].map(([name, tensor]) => [name, { shape: tensor.shape, values: tensor.dataSync<'float32'>().slice() }]));
}

function isFinite(tensor: Tf.Tensor): boolean {
  return tensor.dataSync().every((value) => Number.isFinite(value));
}
