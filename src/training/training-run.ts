import { DivergedError } from '../engines/engine.ts';
import type { ModelState, Scalars } from '../engines/engine.ts';
import type { BestWeights } from './checkpoint.ts';
import type { FitOptions, FitOutcome } from './fit.ts';
import { startPace } from './pace.ts';
import type { Spent } from './pace.ts';
import { afterBatch, afterEpoch, atStart, meanOf } from './position.ts';
import type { EpochLosses, Position } from './position.ts';
import { bestEpochOf, hasStalled } from './selection.ts';

/** A training under way: where it is, and how it is kept, shown and ended. */
export class TrainingRun {
  readonly #options: FitOptions;
  readonly #objective: string;
  readonly #pace: ReturnType<typeof startPace>;
  #position: Position;
  /** By this process. */
  #spent: Spent = { waiting: 0, stepping: 0 };
  #best: BestWeights | null;
  /** When seconds were last added to the position; milliseconds. */
  #countedAt: number;
  readonly #startedAt: number;
  /** When this process last saved; null before the first time. */
  #savedAt: number | null = null;

  /** Continues from the newest checkpoint, or starts. */
  static async resume(options: FitOptions): Promise<TrainingRun> {
    const { model, checkpoints, events } = options;
    const saved = await checkpoints.newest();
    if (saved !== null) model.setState(saved.state);
    await events.rewind(saved === null ? -1 : saved.state.updates);
    return new TrainingRun(options, saved ?? { position: atStart, best: null });
  }

  constructor(options: FitOptions, from: { position: Position; best: BestWeights | null }) {
    this.#options = options;
    this.#objective = objectiveOf(options);
    this.#pace = startPace(options.now);
    this.#position = from.position;
    this.#best = from.best;
    this.#countedAt = this.#startedAt = options.now();
  }

  /** Epochs that are finished. */
  get epoch(): number {
    return this.#position.epoch;
  }

  /** Batches of the running epoch that are trained. */
  get batch(): number {
    return this.#position.batch;
  }

  isOver(): boolean {
    return this.#position.epoch >= this.#options.epochs || this.#hasStalled();
  }

  isSavedBefore(seconds: number): boolean {
    return this.#options.now() - (this.#savedAt ?? this.#startedAt) >= seconds * 1000;
  }

  countBatch({ waiting, stepping, ...batch }: { films: number; weight: number; losses: Scalars } & Spent): void {
    this.#position = afterBatch(this.#position, batch);
    this.#spent = { waiting: this.#spent.waiting + waiting, stepping: this.#spent.stepping + stepping };
    this.#report();
  }

  /** Ends the running epoch; remembers its weights where its validation loss is the least so far. */
  async countEpoch(validation: Scalars | null): Promise<void> {
    const { model, events, afterEpoch: logMore } = this.#options;
    const train = meanOf(this.#position.running);
    if (train === null) throw new DivergedError(`Cannot train ${model.network.name}: no label of the training films counts in its loss; all are uncertain and ignored, or, with Softmax, none is positive`);
    for (const [name, loss] of Object.entries(validation ?? {})) {
      if (!Number.isFinite(loss)) throw new DivergedError(`Cannot train ${model.network.name}: ${name} of the validation films is ${loss} after step ${model.updates}; try a smaller learning rate`);
    }
    this.#position = afterEpoch(this.#position, { train, validation });
    const { epoch, history } = this.#position;
    if (bestEpochOf(history, this.#objective) === epoch) this.#best = { epoch, weights: await model.getWeights() };
    events.add(model.updates, scalarsOf(history.at(-1)));
    await logMore?.(epoch);
  }

  async save(): Promise<void> {
    const { model, events, checkpoints } = this.#options;
    const now = this.#options.now();
    this.#position = { ...this.#position, seconds: this.#position.seconds + (now - this.#countedAt) / 1000 };
    this.#countedAt = now;
    const state = await model.getState();
    demandFinite(state);
    // Events first: those behind the newest checkpoint are removed by a resumed run, lost ones could not be made again.
    await events.flush();
    await checkpoints.save({ position: this.#position, state, best: this.#best });
    this.#savedAt = this.#options.now();
  }

  async interrupt(): Promise<FitOutcome> {
    await this.save();
    return { kind: 'interrupted' };
  }

  /** Gives the model the selected weights. */
  end(): FitOutcome {
    const { model, selection, epochs } = this.#options;
    const { history, films, seconds } = this.#position;
    const best = selection === 'best' ? this.#best : null;
    if (best !== null) model.setWeights(best.weights);
    const stoppedEarly = history.length < epochs;
    return { kind: 'fitted', history, keptEpoch: best?.epoch ?? history.length, stoppedEarly, seconds, imagesPerSecond: films / seconds };
  }

  #hasStalled(): boolean {
    return hasStalled(this.#position.history, { objective: this.#objective, rule: this.#options.earlyStopping });
  }

  #report(): void {
    const { data, epochs, report } = this.#options;
    const { films, history, running } = this.#position;
    const total = epochs * data.filmsAnEpoch;
    const train = meanOf(running)?.[this.#objective];
    const validation = history.at(-1)?.validation?.[this.#objective];
    const loss = { ...(train === undefined ? {} : { train }), ...(validation === undefined ? {} : { validation }) };
    report({ ratio: films / total, epoch: history.length + 1, epochs, loss, ...this.#pace(films, total, this.#spent), ...(this.#savedAt === null ? {} : { savedAt: this.#savedAt }) });
  }
}

function objectiveOf({ model }: FitOptions): string {
  if (model.network.objective === undefined) throw new Error(`Cannot train the network ${model.network.name}: it has no objective`);
  return model.network.objective;
}

/** A loss may hide it (tanh and ReLU swallow what is not finite), a checkpoint must not. */
function demandFinite({ weights, updates }: ModelState): void {
  for (const [name, { values }] of weights) {
    if (values.every(Number.isFinite)) continue;
    throw new DivergedError(`Cannot train on: the weight ${name} is no longer finite after step ${updates}; try a smaller learning rate`);
  }
}

function scalarsOf(losses: EpochLosses | undefined) {
  return Object.entries(losses ?? {}).flatMap(([split, means]) =>
    Object.entries(means ?? {}).map(([name, value]) => ({ kind: 'scalar' as const, tag: `${name}/${split}`, value })),
  );
}
