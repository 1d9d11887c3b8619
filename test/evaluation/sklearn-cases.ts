/** Seeded labels and scores, with and without ties, that scikit-learn and our metrics both judge. */
import { openRandom } from '../../src/random/random.ts';

export interface MetricCase {
  readonly labels: readonly number[];
  readonly scores: readonly number[];
}

export interface SklearnRequest {
  readonly cases: readonly MetricCase[];
  readonly macro: { readonly labels: readonly (readonly number[])[]; readonly scores: readonly (readonly number[])[] };
  readonly weighted: readonly (MetricCase & { readonly patients: readonly number[]; readonly times: readonly number[] })[];
  readonly percentiles: readonly (readonly number[])[];
}

export interface SklearnAnswer {
  readonly cases: readonly {
    readonly auc: number;
    readonly averagePrecision: number;
    readonly brier: number;
    readonly falsePositiveRates: readonly number[];
    readonly truePositiveRates: readonly number[];
    readonly thresholds: readonly (number | null)[];
  }[];
  readonly macro: { readonly auc: number; readonly averagePrecision: number };
  readonly weighted: readonly number[];
  readonly percentiles: readonly (readonly [number, number])[];
}

export function sklearnRequest(seed: number): SklearnRequest {
  const draw = openRandom(seed, 'test').below;
  /** `levels` distinct scores at most: few levels make many ties. */
  const aCase = (films: number, levels: number): MetricCase => {
    const labels = Array.from({ length: films }, (_, i) => (i < 2 ? i : draw(4) === 0 ? 1 : 0));
    return { labels, scores: labels.map((label) => (draw(levels) + (label * draw(levels)) / 2) / (1.5 * levels)) };
  };
  const matrix = Array.from({ length: 120 }, () => Array.from({ length: 5 }, () => draw(10)));
  return {
    cases: [aCase(2, 50), aCase(9, 3), aCase(40, 4), aCase(200, 7), aCase(234, 2_000_000), aCase(300, 1)],
    macro: {
      labels: matrix.map((row, film) => row.map((_, i) => (film < 2 ? film : draw(i + 2) === 0 ? 1 : 0))),
      scores: matrix.map((row) => row.map((level) => level / 10)),
    },
    weighted: [aCase(60, 5), aCase(150, 2_000_000)].map((one) => ({
      ...one,
      patients: one.labels.map((_, film) => Math.floor(film / 2)),
      times: one.labels.map((_, patient) => (patient === 0 ? 1 : draw(4))),
    })),
    percentiles: [2, 3, 41, 2000].map((length) => Array.from({ length }, () => draw(1_000_000) / 1_000_000)),
  };
}
