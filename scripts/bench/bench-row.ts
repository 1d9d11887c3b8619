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
