import { batchesInOrder, epochBatches, readPixels } from './batches.ts';
import type { Visit } from './batches.ts';
import type { Features } from './features.ts';
import type { FilmSet } from './films.ts';
import type { Batch, FitData } from './fit.ts';
import { targetsOf } from './targets.ts';
import type { TargetOptions } from './targets.ts';

/** A split's films and what a head is fed with of them. */
export interface HeadFilms {
  readonly films: FilmSet;
  /** Asked for when the first batch is read. */
  readonly features: () => Promise<readonly Features[]>;
}

export interface HeadDataOptions {
  readonly train: HeadFilms;
  readonly valid: HeadFilms;
  readonly variants: 1 | 4;
  readonly batchSize: number;
  readonly seed: number;
  readonly targets: TargetOptions;
}

/** What a head is fed with: features, targets and weights; its validation leaves uncertain labels out. */
export function headData(options: HeadDataOptions): FitData {
  const { train, valid, variants, batchSize, seed, targets } = options;
  const validTargets = { ...targets, uncertain: {} };
  const labels = { train: rememberedLabels(train.films), valid: rememberedLabels(valid.films) };
  return {
    filmsAnEpoch: train.films.count * variants,
    training: (epoch, first) =>
      batches({ ...options, split: train, labels: labels.train, targets }, epochBatches({ films: train.films.count, variants, batchSize, seed }, epoch, first)),
    validation:
      valid.films.count === 0 ? null : () => batches({ ...options, split: valid, labels: labels.valid, targets: validTargets }, batchesInOrder(valid.films.count, batchSize)),
  };
}

async function* batches(options: { split: HeadFilms; labels: Labels; targets: TargetOptions }, visits: Iterable<readonly Visit[]>): AsyncGenerator<Batch> {
  const { films } = options.split;
  const groups = await options.split.features();
  for (const batch of visits) {
    const { target, weight } = targetsOf(await Promise.all(batch.map(({ film }) => options.labels(film))), options.targets);
    const feeds: Record<string, Float32Array | Uint8Array> = { target, weight };
    const pixels = once(() => readPixels(films, batch));
    for (const features of groups) Object.assign(feeds, await features.read(batch, pixels));
    yield { feeds, films: batch.length, weight: weight.reduce((sum, value) => sum + value, 0) };
  }
}

type Labels = (film: number) => Promise<Uint8Array>;

/** A record is read and checked as a whole, picture and all: too dear for 14 bytes in every epoch. */
function rememberedLabels(films: FilmSet): Labels {
  const known = new Map<number, Uint8Array>();
  return async (film) => {
    const labels = known.get(film) ?? (await labelsOf(films, film)).slice();
    known.set(film, labels);
    return labels;
  };
}

/** The 14 labels of a film: 0, 1, 2 = uncertain. */
export async function labelsOf(films: FilmSet, film: number): Promise<Uint8Array> {
  const labels = (await films.features(film)).get('labels');
  if (labels?.length !== 14) throw new Error(`Cannot read the labels of film ${film}: its record has ${labels?.length ?? 0}, not 14; run the step preprocess again`);
  return labels;
}

/** Calls `make` the first time only. */
function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null;
  return () => (made ??= { value: make() }).value;
}
