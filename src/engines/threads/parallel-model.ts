import type { Network } from '../../models/network.ts';
import { lossesOf } from '../../models/weights.ts';
import { adamRate } from '../adam-rate.ts';
import { divergedError, lossNotFinite } from '../diverged.ts';
import { EngineError } from '../engine.ts';
import type { Adam, Feeds, Model, ModelOptions, ModelState, Scalars, Tensors } from '../engine.ts';
import { batchParts, mostTrainingParts } from '../batch-parts.ts';
import type { BatchPart } from '../batch-parts.ts';
import { copyOf, joinLosses, joinOutputs } from '../join-parts.ts';
import type { Answers, Question } from './question.ts';
import type { ReplicaThreads } from './replica-threads.ts';
import { SharedState } from './shared-state.ts';

/**
 * A network on several threads, each with a replica that computes a part of the batch. A training step is: every part's
 * gradients, by its share, into shared memory; then each thread sums a slice of them in the parts' order and updates that
 * slice of the shared weights by Adam. The calling thread only waits. What differs from one thread beside rounding:
 * batchNorm takes the statistics of a part, as data parallel training does everywhere, and the moving ones get their mean.
 * Dropout masks are those of one thread: a part's begin where the part before ends.
 */
export class ParallelModel implements Model {
  readonly network: Network;
  readonly #threads: ReplicaThreads;
  readonly #options: ModelOptions;
  readonly #state: SharedState;
  readonly #number: number;
  /** Ends when everything asked so far has. */
  #last: Promise<unknown> = Promise.resolve();
  /** Why the weights can no longer be used: some were updated and others not. */
  #broken: { readonly cause: unknown } | null = null;

  constructor(threads: ReplicaThreads, network: Network, options: ModelOptions) {
    this.network = network;
    this.#threads = threads;
    this.#options = options;
    this.#state = new SharedState(network, { seed: options.seed, threads: threads.count, isTrained: options.adam !== undefined && network.objective !== undefined });
    this.#number = threads.load({ network, seed: options.seed, shared: this.#state.shared });
  }

  get updates(): number {
    return this.#state.updates;
  }

  trainStep(feeds: Feeds): Promise<Scalars> {
    return this.#inTurn(() => this.#trainStep(feeds));
  }

  evaluate(feeds: Feeds): Promise<Scalars> {
    return this.#inTurn(async () => {
      const parts = this.#partsOf(feeds, lossesOf(this.network));
      const { version } = this.#state;
      return joinLosses(parts, await this.#askAll(parts, (part) => ({ kind: 'evaluate', version, feeds: copyOf(part.feeds) })));
    });
  }

  predict<Name extends string>(feeds: Feeds, outputs: readonly Name[]): Promise<Record<Name, Float32Array>> {
    return this.#inTurn(async () => {
      const parts = this.#partsOf(feeds, outputs);
      const { version } = this.#state;
      const answers = await this.#askAll(parts, (part) => ({ kind: 'predict', version, feeds: copyOf(part.feeds), outputs }));
      return joinOutputs(this.network, { parts, answers, outputs });
    });
  }

  getState(): Promise<ModelState> {
    return this.#inTurn(() => Promise.resolve(this.#state.readState()));
  }

  setState(state: ModelState): void {
    this.#state.setState(state);
    this.#broken = null;
  }

  getWeights(): Promise<Tensors> {
    return this.#inTurn(() => Promise.resolve(this.#state.readWeights()));
  }

  setWeights(weights: Tensors): void {
    this.#state.setWeights(weights);
  }

  setFrozen(weights: Tensors): void {
    this.#state.setFrozen(weights);
  }

  dispose(): void {
    this.#threads.unload(this.#number);
  }

  async #trainStep(feeds: Feeds): Promise<Scalars> {
    const { network } = this;
    const { objective } = network;
    const { adam } = this.#options;
    if (adam === undefined || objective === undefined) throw new EngineError(`Cannot train ${network.name}: it was loaded without ${adam === undefined ? 'an optimiser' : 'an objective'}`);
    const parts = this.#partsOf(feeds, lossesOf(network), (films) => mostTrainingParts(network, { threads: this.#threads.count, films }));
    const { version, updates } = this.#state;
    const answers = await this.#askAll(parts, ({ firstFilm, ...part }) => ({ kind: 'gradients', version, updates, firstFilm, feeds: copyOf(part.feeds), share: part.lossShares[objective] ?? part.share }));
    const losses = joinLosses(parts, answers.map((answer) => answer.losses));
    if (lossNotFinite(losses) !== null) throw await this.#notFinite(losses, parts, answers);
    await this.#update(adam, parts.length);
    this.#state.countUpdate(parts.map(({ share }, part) => ({ share, moved: answers[part]?.moved ?? {} })));
    return losses;
  }

  /** Each thread its slice, those without a part of the batch too. */
  async #update(adam: Adam, parts: number): Promise<void> {
    const by = { ...adam, rate: adamRate(adam, this.#state.updates + 1) };
    const { trainableCount } = this.#state.places;
    // At the ends of cache lines.
    const startOf = (index: number) => (index === this.#threads.count ? trainableCount : Math.floor((trainableCount * index) / this.#threads.count / 16) * 16);
    const slices = Array.from({ length: this.#threads.count }, (_, index) => ({ from: startOf(index), to: startOf(index + 1) }));
    try {
      await this.#askAll(slices, (slice) => ({ kind: 'update', ...slice, parts, by }));
    } catch (cause) {
      this.#broken = { cause };
      throw cause;
    }
  }

  /** Asks the first thread whose own loss is not finite for the tensor. */
  async #notFinite(losses: Scalars, parts: readonly BatchPart[], answers: readonly Answers['gradients'][]): Promise<Error> {
    const loss = lossNotFinite(losses) ?? ['a loss', Number.NaN];
    const index = Math.max(0, answers.findIndex((answer) => lossNotFinite(answer.losses) !== null));
    const { version, updates } = this.#state;
    const { firstFilm = 0, feeds = {} } = parts[index] ?? {};
    const bad = await this.#threads.ask(index, this.#number, { kind: 'locate', version, updates, firstFilm, feeds: copyOf(feeds) });
    return divergedError(this.network, { loss, updates, bad });
  }

  #partsOf(feeds: Feeds, wanted: readonly string[], mostParts: (films: number) => number = () => this.#threads.count): BatchPart[] {
    return batchParts({ network: this.network, wanted, feeds }, mostParts);
  }

  /** The i-th question to the i-th thread. */
  #askAll<Item, Kind extends Question['kind']>(items: readonly Item[], question: (item: Item) => Question & { readonly kind: Kind }): Promise<Answers[Kind][]> {
    if (this.#broken !== null) throw new Error(`Cannot run ${this.network.name}: an update ended half-way; set its state anew`, this.#broken);
    return Promise.all(items.map((item, index) => this.#threads.ask<Kind>(index, this.#number, question(item))));
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
