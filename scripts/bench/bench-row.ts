/** A measured figure, beside a rival's from the same run where one could be had. */
export interface BenchRow {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly rival: string | null;
  readonly rivalValue: number | null;
  /** value / rivalValue, above 1 where we are better at "more is better". */
  readonly ratio: number | null;
  /** Share of what the machine could do at most, 0 to 1; null where no limit is known. */
  readonly shareOfLimit: number | null;
}

/** Of a figure beside which no rival stands. */
export const alone = { rival: null, rivalValue: null, ratio: null, shareOfLimit: null } as const;

/** The upper one of an even number; NaN of none. */
export function medianOf(values: readonly number[] = []): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
