/** A measured figure, beside a rival's from the same run where one could be had. */
export interface BenchRow {
  readonly name: string;
  readonly unit: string;
  /** The median of the rounds. */
  readonly value: number;
  /** How often it was measured, and its rival with it, by turns. */
  readonly rounds: number;
  readonly rival: string | null;
  readonly rivalValue: number | null;
  /** The median of value / rivalValue of each round, above 1 where we are better at "more is better". */
  readonly ratio: number | null;
  /** Share of what the machine could do at most, 0 to 1; null where no limit is known. */
  readonly shareOfLimit: number | null;
  /** What that most is, measured in the same run. */
  readonly limit: string | null;
}

/** Of a figure measured once, beside which no rival stands. */
export const alone = { rounds: 1, rival: null, rivalValue: null, ratio: null, shareOfLimit: null, limit: null } as const;

/** Over the cells of a row. */
export const headings = ['What', 'Value', 'Unit', 'Rival', 'Its value', 'Ratio', 'Of the limit', 'Rounds'] as const;

export function cellsOf(row: BenchRow): string[] {
  const share = row.shareOfLimit === null ? '' : `${(100 * row.shareOfLimit).toFixed(0)} % of ${row.limit ?? ''}`;
  return [row.name, figure(row.value), row.unit, row.rival ?? '', row.rivalValue === null ? '' : figure(row.rivalValue), row.ratio?.toFixed(2) ?? '', share, String(row.rounds)];
}

/** Three digits, or all before the point. */
export function figure(value: number): string {
  return Math.abs(value) >= 999.5 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

/** The upper one of an even number; NaN of none. */
export function medianOf(values: readonly number[] = []): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
