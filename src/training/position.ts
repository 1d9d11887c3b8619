import { z } from 'zod';
import type { Scalars } from '../engines/engine.ts';

const losses = z.record(z.string(), z.number());

export const positionSchema = z.strictObject({
  /** Epochs that are finished, validation included. */
  epoch: z.int().min(0),
  /** Batches of the running epoch that are trained. */
  batch: z.int().min(0),
  /** Sums over those batches: of their weights, and of weight times loss by node name. */
  running: z.strictObject({ weight: z.number(), sums: losses }),
  /** Of every finished epoch: means by node name; validation is null where there is no validation film. */
  history: z.array(z.strictObject({ train: losses, validation: losses.nullable() })),
  /** Films trained on so far, flips counted, and the seconds it took. */
  films: z.int(),
  seconds: z.number(),
});

/** How far a training is; with the model's state all that the next step depends on. */
export type Position = z.output<typeof positionSchema>;
export type EpochLosses = Position['history'][number];
export type RunningMean = Position['running'];

export const nothingYet: RunningMean = { weight: 0, sums: {} };
export const atStart: Position = { epoch: 0, batch: 0, running: nothingYet, history: [], films: 0, seconds: 0 };

export function afterBatch(position: Position, batch: { films: number; weight: number; losses: Scalars }): Position {
  const running = plus(position.running, batch.losses, batch.weight);
  return { ...position, batch: position.batch + 1, films: position.films + batch.films, running };
}

export function afterEpoch(position: Position, finished: EpochLosses): Position {
  return { ...position, epoch: position.epoch + 1, batch: 0, running: nothingYet, history: [...position.history, finished] };
}

/** A mean with the losses of one more batch in it. A weight of 0 leaves it as it is. */
export function plus(mean: RunningMean, losses: Scalars, weight: number): RunningMean {
  const sums = Object.entries(losses).map(([name, loss]) => [name, (mean.sums[name] ?? 0) + weight * loss]);
  return { weight: mean.weight + weight, sums: Object.fromEntries(sums) };
}

/** null where nothing has a weight. */
export function meanOf({ weight, sums }: RunningMean): Scalars | null {
  if (weight === 0) return null;
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / weight]));
}

/** One loss of an epoch by its node. Throws where the network does not report it. */
export function lossesOf({ train, validation }: EpochLosses, node: string): { train: number; validation: number | null } {
  const loss = train[node];
  if (loss === undefined) throw new Error(`Cannot tell the loss ${node} of an epoch: only ${Object.keys(train).join(', ')} were measured`);
  return { train: loss, validation: validation?.[node] ?? null };
}
