import type * as Tf from '@tensorflow/tfjs-core';
import type { Network, Node } from '../models/network.ts';
import { lossesOf } from '../models/weights.ts';
import { DivergedError, EngineError } from './engine.ts';
import type { Feeds, Model, ModelOptions, ModelState, Scalars, Tensors } from './engine.ts';
import { fedInputs } from './feeds.ts';
import { selectGraph } from './graph.ts';
import type { Graph } from './graph.ts';
import type { Kernels } from './kernels.ts';
import { ModelTensors } from './model-tensors.ts';
import type { Training } from './operations/operation.ts';
import { runBackward, runForward } from './run.ts';
import type { Setting } from './run.ts';

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
    return this.#run((tf) => {
      const graph = selectGraph(this.network, lossesOf(this.network));
      const run = runForward(this.#setting(graph), feedTensors(tf, graph.nodes, feeds));
      return scalars(lossesOf(this.network), run.values);
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

  dispose(): void {
    this.#tensors.dispose();
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
    const graph = selectGraph(this.network, lossesOf(this.network));
    const setting = this.#setting(graph, { seed: this.#options.seed, updates: this.updates });
    const run = runForward(setting, feedTensors(tf, graph.nodes, feeds));
    const losses = scalars(lossesOf(this.network), run.values);
    for (const [name, value] of Object.entries(losses)) if (!Number.isFinite(value)) throw this.#notFinite(name, value, feeds);
    this.#tensors.update({ gradients: runBackward(setting, run, objective), moved: run.moved, adam });
    return losses;
  }

  /** Runs once more to find where the first value that is not a number appears. */
  #notFinite(loss: string, value: number, feeds: Feeds): DivergedError {
    const { tf } = this.#backend;
    const bad = [...this.#tensors.weights].find(([, tensor]) => !isFinite(tensor))?.[0] ?? this.#firstBadNode(tf, feeds);
    return new DivergedError(`Cannot train ${this.network.name}: ${loss} is ${String(value)} at step ${String(this.updates + 1)}; the first tensor that is not finite is ${bad}. The weights are unchanged; try a smaller learning rate`);
  }

  #firstBadNode(tf: typeof Tf, feeds: Feeds): string {
    for (const node of selectGraph(this.network, lossesOf(this.network)).nodes) {
      const graph = selectGraph(this.network, [node.name]);
      const bad = tf.tidy(() => {
        const run = runForward(this.#setting(graph, { seed: this.#options.seed, updates: this.updates }), feedTensors(tf, graph.nodes, feeds));
        const output = run.values.get(node.name);
        return output !== undefined && !isFinite(output);
      });
      if (bad) return node.name;
    }
    return 'unknown';
  }

  #setting(graph: Graph, training?: Training): Setting {
    return { tf: this.#backend.tf, kernels: this.#backend.kernels, graph, weights: this.#tensors.weights, ...(training && { training }) };
  }
}

/** As float32. */
function feedTensors(tf: typeof Tf, nodes: readonly Node[], feeds: Feeds): ReadonlyMap<string, Tf.Tensor> {
  return new Map([...fedInputs(nodes, feeds)].map(([name, { shape, values }]) => [name, tf.tensor(values instanceof Float32Array ? values : new Float32Array(values), [...shape])]));
}

function scalars(names: readonly string[], values: ReadonlyMap<string, Tf.Tensor>): Scalars {
  return Object.fromEntries(names.map((name) => [name, values.get(name)?.dataSync()[0] ?? Number.NaN]));
}

function isFinite(tensor: Tf.Tensor): boolean {
  return tensor.dataSync().every((value) => Number.isFinite(value));
}
