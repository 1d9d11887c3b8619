import { alone, medianOf } from './bench-row.ts';
import type { BenchRow } from './bench-row.ts';

/** A figure, or null where it cannot be had. */
export type Measure = () => number | null | Promise<number | null>;

/**
 * Figures of so many rounds by name. A round measures all in turn, for other work on the machine comes and goes and must
 * slow all of them. What cannot be had in one round is not asked for again and has no figures.
 */
export async function inTurns<Name extends string>(measures: Readonly<Record<Name, Measure>>, rounds: number): Promise<Record<Name, readonly number[]>> {
  const figures = Object.fromEntries(Object.keys(measures).map((name) => [name, []])) as unknown as Record<Name, number[]>;
  const missing = new Set<Name>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, measure] of Object.entries(measures) as [Name, Measure][]) {
      const value = missing.has(name) ? null : await measure();
      if (value === null) missing.add(name);
      else figures[name].push(value);
    }
  }
  for (const name of missing) figures[name] = [];
  return figures;
}

interface Side {
  readonly name: string;
  /** One a round. */
  readonly figures: readonly number[];
}

/** Medians of both sides and of the ratio of each round; ours alone where the rival has no figures. */
export function beside({ name, figures }: Side, rival: Side | null, rest: Pick<BenchRow, 'unit'> & Partial<Pick<BenchRow, 'shareOfLimit' | 'limit'>>): BenchRow {
  const own = { ...alone, ...rest, name, value: medianOf(figures), rounds: figures.length };
  if (rival === null || rival.figures.length === 0) return own;
  const ratios = figures.map((value, round) => value / (rival.figures[round] ?? NaN));
  return { ...own, rival: rival.name, rivalValue: medianOf(rival.figures), ratio: medianOf(ratios) };
}
