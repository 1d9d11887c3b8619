/**
 * training/ is the loop in the open: records to batches to steps to checkpoints. It knows engines, records and
 * storage; what is trained, and where a run keeps it, the workers say.
 */
import type { Progress } from '../api/progress.ts';
import type { Feeds, Model, Scalars } from '../engines/engine.ts';
import type { Checkpoints } from './checkpoint.ts';
import type { EventLog } from './event-log.ts';
import { meanOf, nothingYet, plus } from './position.ts';
import type { EpochLosses } from './position.ts';
import type { EarlyStopping } from './selection.ts';
import { TrainingRun } from './training-run.ts';

export interface Batch {
  readonly feeds: Feeds;
  /** Films in it, flips counted. */
  readonly films: number;
  /** How much its losses, which are means, count in the mean of an epoch: its films, or its labels that are not masked. */
  readonly weight: number;
}

export interface FitData {
  /** Films of an epoch, flips counted. */
  readonly filmsAnEpoch: number;
  /** Batches of an epoch (from 0) from batch `first` on: the same ones whenever it is asked. */
  training(epoch: number, first: number): AsyncIterable<Batch>;
  /** Never flipped, always in the same order; null where there is no validation film. */
  readonly validation: (() => AsyncIterable<Batch>) | null;
}

export interface FitOptions {
  readonly model: Model;
  readonly data: FitData;
  readonly epochs: number;
  /** Whose weights the model ends with: the last epoch's, or those of the epoch of least validation loss. */
  readonly selection: 'last' | 'best';
  readonly earlyStopping: EarlyStopping | null;
  readonly checkpoints: Checkpoints;
  readonly checkpointEverySeconds: number;
  readonly events: EventLog;
  /** Adds to the events of an epoch (from 1) that has just ended, such as pictures. */
  readonly afterEpoch?: (epoch: number) => Promise<void>;
  readonly report: (progress: Omit<Progress, 'updatedAt'>) => void;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** The model holds the selected weights. */
export interface Fitted {
  readonly kind: 'fitted';
  readonly history: readonly EpochLosses[];
  /** Epoch (from 1) whose weights the model holds. */
  readonly keptEpoch: number;
  readonly stoppedEarly: boolean;
  readonly seconds: number;
  /** Films a second over the whole training, flips counted. */
  readonly imagesPerSecond: number;
}

/** `interrupted`: the signal came and the checkpoint is saved. */
export type FitOutcome = Fitted | { readonly kind: 'interrupted' };

/** At the end of an epoch a checkpoint is written if the last is older; short epochs share one. */
const secondsBetweenEpochCheckpoints = 60;

/** Trains a model from its newest checkpoint, or from the start, to the end. Throws DivergedError; the last good checkpoint stays. */
export async function fit(options: FitOptions): Promise<FitOutcome> {
  const { model, data, signal } = options;
  const run = await TrainingRun.resume(options);
  while (!run.isOver()) {
    for await (const { item: batch, waiting } of timed(data.training(run.epoch, run.batch), options.now)) {
      if (signal.aborted) return run.interrupt();
      const startedAt = options.now();
      const losses = await model.trainStep(batch.feeds);
      run.countBatch({ ...batch, losses, waiting, stepping: options.now() - startedAt });
      if (run.isSavedBefore(options.checkpointEverySeconds)) await run.save();
    }
    const validation = await validate(model, data, signal);
    // The position still stands behind the epoch's last batch: a resumed run goes on with the validation.
    if (validation === 'interrupted') return run.interrupt();
    await run.countEpoch(validation);
    if (run.isOver() || run.isSavedBefore(secondsBetweenEpochCheckpoints)) await run.save();
  }
  return run.end();
}

/** Each item with the milliseconds that were waited for it. */
async function* timed<Item>(items: AsyncIterable<Item>, now: () => number): AsyncGenerator<{ item: Item; waiting: number }> {
  let askedAt = now();
  for await (const item of items) {
    yield { item, waiting: now() - askedAt };
    askedAt = now();
  }
}

/** Means over the validation films; null where there are none, or none that counts. */
async function validate(model: Model, data: FitData, signal: AbortSignal): Promise<Scalars | null | 'interrupted'> {
  if (data.validation === null) return null;
  let mean = nothingYet;
  for await (const batch of data.validation()) {
    if (signal.aborted) return 'interrupted';
    mean = plus(mean, await model.evaluate(batch.feeds), batch.weight);
  }
  return meanOf(mean);
}
