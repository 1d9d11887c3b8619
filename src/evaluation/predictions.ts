import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { observations } from '../api/observations.ts';
import type { Observation } from '../api/observations.ts';

/** A row of predictions.csv; lists follow the observations of its columns. */
export interface Prediction {
  readonly path: string;
  readonly patient: string;
  /** 1 = present, 0 = absent or blank, 2 = uncertain. */
  readonly labels: ArrayLike<number>;
  /** 0 to 1, of float32 precision. */
  readonly scores: ArrayLike<number>;
}

/** predictions.csv: `path,patient`, then `<Observation>_label` (1, 0, blank = uncertain) and `<Observation>_score` for each observation. */
export function renderPredictions(columns: readonly Observation[], predictions: readonly Prediction[]): string {
  const rows = predictions.map(({ path, patient, labels, scores }) => [path, patient, ...columns.flatMap((_, i) => [labelText(labels[i]), scoreText(scores[i])])]);
  return stringify([headOf(columns), ...rows]);
}

/** Reads what renderPredictions writes. Throws where the columns or a cell are not so. */
export function parsePredictions(csv: string): { readonly observations: Observation[]; readonly predictions: Prediction[] } {
  const [head = [], ...rows] = parse(csv);
  const columns = head.slice(2).flatMap((column) => observations.filter((observation) => column === `${observation}_label`));
  const expected = headOf(columns);
  if (head.join() !== expected.join()) throw new Error(`Cannot read predictions: the columns are ${head.join()}, not ${expected.join()}`);
  return {
    observations: columns,
    predictions: rows.map(([path = '', patient = '', ...cells]) => ({
      path,
      patient,
      labels: columns.map((_, i) => readLabel(cells[2 * i], path)),
      scores: columns.map((_, i) => readScore(cells[2 * i + 1], path)),
    })),
  };
}

function headOf(columns: readonly Observation[]): string[] {
  return ['path', 'patient', ...columns.flatMap((observation) => [`${observation}_label`, `${observation}_score`])];
}

function readLabel(cell: string | undefined, path: string): number {
  if (cell === '') return 2;
  if (cell === '0' || cell === '1') return Number(cell);
  throw new Error(`Cannot read predictions: ${path} has the label "${cell}", not 1, 0 or nothing`);
}

function readScore(cell: string | undefined, path: string): number {
  const score = Number(cell || NaN);
  if (!Number.isFinite(score)) throw new Error(`Cannot read predictions: ${path} has the score "${cell}"`);
  return score;
}

function labelText(label: number | undefined): string {
  return label === 0 || label === 1 ? String(label) : '';
}

/** Nine digits say a float32 exactly. */
function scoreText(score: number | undefined): string {
  return score === undefined ? '' : String(Number(score.toPrecision(9)));
}
