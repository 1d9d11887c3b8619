import { closest, distance } from 'fastest-levenshtein';
import { observations, titleOf } from '../api/observations.ts';
import type { Row } from './csv.ts';
import { describePath, partsBelow, viewIn } from './film-path.ts';
import type { Film, Label } from './films.ts';
import { plainName } from './plain-name.ts';
import { DatasetError } from './reading.ts';
import type { Rejected } from './reading.ts';

/**
 * The function that reads the rows below this header. Columns are found by name, in any order, whatever else there
 * is: Path and the 14 labels must be there, Sex, Age, Frontal/Lateral and AP/PA may be absent. Throws DatasetError that names the
 * column that is missing.
 *
 * A row is rejected, with its line, where a label is none of 1, 0, -1 and blank, where the path is empty or leads out
 * of the folder, and where it has more or fewer cells than the header.
 */
export function openTable({ uri, header, labels }: TableHead): (row: Row) => Film | Rejected {
  const [table = '', folder = ''] = uri.split('/').reverse();
  const columns = findColumns(uri, header);
  return ({ line, cells }) => {
    const path = cellAt(cells, columns.path);
    const reject = (fault: string): Rejected => ({ path, reason: `${table} line ${line}: ${fault}` });
    if (cells.length !== header.length) return reject(`${cells.length} cells where the header has ${header.length}`);
    if (path === '') return reject('the path is empty');
    const parts = partsBelow(folder, path);
    if (parts === null || parts.length === 0) return reject('the path leads out of the data set');
    let digits = 0;
    for (const column of columns.labels) {
      const label = labelIn(cellAt(cells, column));
      if (label === null) return reject(`${header[column]} is "${cells[column]}", not 1.0, 0.0, -1.0 or blank`);
      digits = 3 * digits + label;
    }
    const named = describePath(parts);
    return {
      ...named,
      view: viewIn(cellAt(cells, columns.view)) || named.view,
      projection: cellAt(cells, columns.projection),
      sex: cellAt(cells, columns.sex),
      age: parseAge(cellAt(cells, columns.age)),
      labels: labelsOf(labels, digits),
    };
  };
}

interface TableHead {
  readonly uri: string;
  readonly header: readonly string[];
  /** Arrays of labels made before, by their digits to base 3; grows. A table of 223,414 rows has a few thousand. */
  readonly labels: Map<number, readonly Label[]>;
}

function findColumns(uri: string, header: readonly string[]) {
  const names = header.map(plainName);
  const find = (name: string) => names.indexOf(plainName(name));
  const demand = (name: string) => {
    const column = find(name);
    if (column >= 0) return column;
    const nearest = closest(name, header);
    const hint = distance(name, nearest) <= name.length / 4 ? `; is "${nearest}" meant?` : '';
    throw new DatasetError('Invalid', `Cannot read ${uri}: it has no column "${name}"${hint}`);
  };
  return {
    path: demand('Path'),
    sex: find('Sex'),
    age: find('Age'),
    view: find('Frontal/Lateral'),
    projection: find('AP/PA'),
    labels: observations.map((observation) => demand(titleOf(observation))),
  };
}

function cellAt(cells: readonly string[], column: number): string {
  return (cells[column] ?? '').trim();
}

function labelIn(cell: string): Label | null {
  switch (cell === '' ? 0 : Number(cell)) {
    case 0: return 0;
    case 1: return 1;
    case -1: return 2;
    default: return null;
  }
}

function parseAge(cell: string): number | null {
  const years = Number(cell);
  return cell === '' || !Number.isFinite(years) || years < 0 ? null : years;
}

function labelsOf(known: Map<number, readonly Label[]>, digits: number): readonly Label[] {
  const found = known.get(digits);
  if (found !== undefined) return found;
  const text = digits.toString(3).padStart(observations.length, '0');
  const labels = Array.from(text, (digit): Label => (digit === '1' ? 1 : digit === '2' ? 2 : 0));
  known.set(digits, labels);
  return labels;
}
