import { sizeOf } from '../../models/layers.ts';
import type { Network } from '../../models/network.ts';
import { learnedWeights, lossesOf, trainableWeights, weightsOf } from '../../models/weights.ts';
import type { NetworkWeight } from '../../models/weights.ts';
import { adamRate } from '../adam-rate.ts';
import { divergedError } from '../diverged.ts';
import { EngineError } from '../engine.ts';
import type { DivergedError, Feeds, Model, ModelOptions, ModelState, Scalars, Tensor, Tensors } from '../engine.ts';
import { fedInputs } from '../feeds.ts';
import { givenFrozen, givenWeights, unsetWeights } from '../given-weights.ts';
import { initialValues } from '../initialise.ts';
import { selectGraph } from '../graph.ts';
import { rampedMomentum } from '../ramped-momentum.ts';
import type { Addon } from './addon.ts';
import { modelGraph } from './model-graph.ts';
import { Session } from './session.ts';
import type { Feed } from './session.ts';
import { tensorNames } from './tensor-names.ts';
import { readVariables, setVariables } from './variables.ts';

/** What a training step is fed with: by node, and all of it by tensor. */
interface Step {
  readonly feeds: Feeds;
  readonly fed: Readonly<Record<string, Feed>>;
}

/** A network as one TensorFlow graph: a training step is a single call. */
export class GraphModel implements Model {
  readonly network: Network;
  readonly #addon: Addon;
  readonly #options: ModelOptions;
  /** Opened when it is first needed. */
  #session: Session | null = null;
  /** Full names of the weights in it that somebody set. */
  readonly #set = new Set<string>();
  #hasWeights = false;
  #hasMoments = false;
  #updates = 0;

  constructor(addon: Addon, network: Network, options: ModelOptions) {
    this.network = network;
    this.#addon = addon;
    this.#options = options;
  }

  get updates(): number {
    return this.#updates;
  }

  async trainStep(feeds: Feeds): Promise<Scalars> {
    const { adam } = this.#options;
    const losses = lossesOf(this.network);
    if (adam === undefined || this.network.objective === undefined) throw new EngineError(`Cannot train ${this.network.name}: it was loaded without ${adam === undefined ? 'an optimiser' : 'an objective'}`);
    const fed = { ...this.#feeds(losses, feeds), ...this.#stepFeeds(), [tensorNames.rate]: scalar(adamRate(adam, this.#updates + 1)) };
    const session = this.#filled();
    if (!this.#hasMoments) session.run({}, [tensorNames.zeroed]);
    this.#hasMoments = true;
    const values = await Promise.resolve(this.#step(session, { feeds, fed }));
    this.#updates += 1;
    return scalarsOf(losses, values);
  }

  async evaluate(feeds: Feeds): Promise<Scalars> {
    const losses = lossesOf(this.network);
    return scalarsOf(losses, await this.#infer(feeds, losses));
  }

  async predict<Name extends string>(feeds: Feeds, outputs: readonly Name[]): Promise<Record<Name, Float32Array>> {
    const values = await this.#infer(feeds, outputs);
    return Object.fromEntries(outputs.map((name, index) => [name, values[index]])) as Record<Name, Float32Array>;
  }

  async getState(): Promise<ModelState> {
    const weights = await this.getWeights();
    const moments = (nameOf: (weight: string) => string) => (this.#hasMoments ? this.#read(trainableWeights(this.network), nameOf) : new Map());
    return { weights, firstMoments: moments(tensorNames.firstMoment), secondMoments: moments(tensorNames.secondMoment), updates: this.#updates };
  }

  setState(state: ModelState): void {
    this.setWeights(state.weights);
    this.#hasMoments = state.firstMoments.size > 0;
    if (this.#hasMoments) {
      setVariables(this.#open(), [...state.firstMoments].map(([name, tensor]) => [tensorNames.firstMoment(name), tensor]));
      setVariables(this.#open(), [...state.secondMoments].map(([name, tensor]) => [tensorNames.secondMoment(name), tensor]));
    }
    this.#updates = state.updates;
  }

  getWeights(): Promise<Tensors> {
    this.#filled();
    return Promise.resolve(this.#read(learnedWeights(this.network), tensorNames.weight));
  }

  setWeights(weights: Tensors): void {
    this.#put(givenWeights(this.network, weights));
  }

  setFrozen(weights: Tensors): void {
    this.#put(givenFrozen(this.network, weights));
  }

  dispose(): void {
    this.#session?.close();
    this.#session = null;
    this.#set.clear();
    this.#hasWeights = false;
    this.#hasMoments = false;
  }

  #open(): Session {
    const { seed, adam } = this.#options;
    this.#session ??= new Session(this.#addon, modelGraph({ network: this.network, seed, ...(adam && { adam }) }));
    return this.#session;
  }

  /** With weights in it. */
  #filled(): Session {
    const { network } = this;
    const { seed } = this.#options;
    if (!this.#hasWeights) this.#put(unsetWeights(network, (name) => this.#set.has(name)).map((weight) => [weight.fullName, { shape: weight.shape, values: initialValues(weight, seed) }]));
    this.#hasWeights = true;
    return this.#open();
  }

  #put(weights: readonly (readonly [name: string, tensor: Tensor])[]): void {
    setVariables(this.#open(), weights.map(([name, tensor]) => [tensorNames.weight(name), tensor]));
    for (const [name] of weights) this.#set.add(name);
  }

  #read(weights: readonly NetworkWeight[], nameOf: (weight: string) => string): Tensors {
    const values = readVariables(this.#open(), weights.map(({ fullName, shape }) => ({ name: nameOf(fullName), size: sizeOf(shape) })));
    return new Map(weights.map(({ fullName, shape }, index) => [fullName, { shape, values: values[index] ?? new Float32Array() }]));
  }

  async #infer(feeds: Feeds, outputs: readonly string[]): Promise<readonly Feed['values'][]> {
    const fed = this.#feeds(outputs, feeds);
    return Promise.resolve(this.#filled().run(fed, outputs.map(tensorNames.inferred)));
  }

  #feeds(outputs: readonly string[], feeds: Feeds): Record<string, Feed> {
    const fed = fedInputs(selectGraph(this.network, outputs, feeds).nodes, feeds);
    return Object.fromEntries([...fed].map(([name, feed]) => [tensorNames.feed(name), feed]));
  }

  #stepFeeds(): Record<string, Feed> {
    return { [tensorNames.step]: { shape: [], values: Int32Array.of(this.#updates) }, [tensorNames.ramp]: scalar(rampedMomentum(this.#updates)) };
  }

  #step(session: Session, step: Step): readonly Feed['values'][] {
    try {
      return session.run(step.fed, [...lossesOf(this.network).map(tensorNames.trained), tensorNames.updated]);
    } catch (error) {
      if (error instanceof Error && /Tensor had (NaN|-?Inf)/.test(error.message)) throw this.#notFinite(session, step);
      throw error;
    }
  }

  /** Runs forward once more to find where the first value that is not a number appears. */
  #notFinite(session: Session, step: Step): DivergedError {
    const losses = lossesOf(this.network);
    const { [tensorNames.rate]: _rate, ...fed } = step.fed;
    const isBad = (name: string, fedTo: Readonly<Record<string, Feed>>) => !session.run(fedTo, [name])[0]?.every(Number.isFinite);
    const [loss, value] = losses.map((name) => [name, session.run(fed, [tensorNames.trained(name)])[0]?.[0]] as const).find(([, each]) => !Number.isFinite(each)) ?? ['a loss', Number.NaN];
    const bad =
      weightsOf(this.network).find(({ fullName }) => isBad(tensorNames.value(tensorNames.weight(fullName)), {}))?.fullName ??
      selectGraph(this.network, losses, step.feeds).nodes.find(({ name }) => isBad(tensorNames.trained(name), fed))?.name ??
      'unknown';
    return divergedError(this.network, { loss: [loss, value ?? Number.NaN], updates: this.#updates, bad });
  }
}

function scalar(value: number): Feed {
  return { shape: [], values: Float32Array.of(value) };
}

function scalarsOf(names: readonly string[], values: readonly Feed['values'][]): Scalars {
  return Object.fromEntries(names.map((name, index) => [name, values[index]?.[0] ?? Number.NaN]));
}
