import { epochOrder } from './epoch-order.ts';
import type { FilmSet } from './films.ts';

/** A film in a variant: `film` from 0, `variant` 0 to 3. */
export interface Visit {
  readonly film: number;
  readonly variant: number;
}

export interface EpochOptions {
  readonly films: number;
  /** 4 = every film is visited as it is and in its three flips, 1 = as it is. */
  readonly variants: 1 | 4;
  readonly batchSize: number;
  readonly seed: number;
}

/**
 * The visits of an epoch (from 0), batch by batch from batch `first` on: every variant of every film once, in an order
 * that follows from seed and epoch alone. The last batch is as small as what is left.
 */
export function* epochBatches({ films, variants, batchSize, seed }: EpochOptions, epoch: number, first: number): Generator<Visit[]> {
  const order = epochOrder({ count: films * variants, seed, epoch });
  for (let start = first * batchSize; start < order.length; start += batchSize) {
    const numbers = order.subarray(start, start + batchSize);
    yield Array.from(numbers, (number) => ({ film: Math.floor(number / variants), variant: number % variants }));
  }
}

/** Every film once, as it is, in order. */
export function batchesInOrder(films: number, batchSize: number): Generator<Visit[]> {
  return everyVisit({ films, variants: 1, batchSize });
}

/** Every variant of every film, in order: visit i is film floor(i / variants). */
export function* everyVisit({ films, variants, batchSize }: Omit<EpochOptions, 'seed'>): Generator<Visit[]> {
  const count = films * variants;
  for (let start = 0; start < count; start += batchSize) {
    yield Array.from({ length: Math.min(batchSize, count - start) }, (_, index) => {
      const number = start + index;
      return { film: Math.floor(number / variants), variant: number % variants };
    });
  }
}

/** The pixels of a batch, one film after the other: uint8 [n, size, size]. */
export async function readPixels(films: FilmSet, visits: readonly Visit[]): Promise<Uint8Array> {
  const parts = await Promise.all(visits.map(({ film, variant }) => films.pixels(film, variant)));
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
