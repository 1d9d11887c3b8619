import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { readRows } from './csv.ts';
import type { Row } from './csv.ts';
import { openTable } from './chexpert-table.ts';
import type { Film, Label } from './films.ts';
import { DatasetError, filmsBetweenCalls } from './reading.ts';
import type { Reading, Rejected, Source } from './reading.ts';

/**
 * Reads `train.csv` and `valid.csv`; null when neither is there, while one of the two may be absent. The films
 * themselves are not looked for: preprocessing finds the missing ones. A row is rejected where chexpert-table.ts says
 * so, and where its path stood in an earlier row. Throws DatasetError where a table is not CheXpert's.
 */
export async function readCheXpert(source: Source): Promise<Reading | null> {
  const films = { train: [] as Film[], valid: [] as Film[] };
  const rejected: Rejected[] = [];
  const digests: string[] = [];
  const known: Known = { paths: new Set(), labels: new Map() };
  for (const table of await findTables(source)) {
    digests.push(await readTable({ source, table, known, films: films[table], rejected }));
  }
  return digests.length === 0 ? null : { layout: 'CheXpert', ...films, rejected, dataDigest: digestOf(digests) };
}

/** The digest that `readCheXpert` gives, from the bytes alone. */
export async function digestCheXpert(source: Source): Promise<string | null> {
  const digests: string[] = [];
  for (const table of await findTables(source)) {
    const hash = createHash('sha256');
    for await (const bytes of source.storage.stream(uriOf(source, table))) hash.update(bytes);
    digests.push(`${table}.csv ${hash.digest('hex')}`);
  }
  return digests.length === 0 ? null : digestOf(digests);
}

type Table = 'train' | 'valid';

/** What rows share, over both tables. */
interface Known {
  readonly paths: Set<string>;
  /** One array for each combination of labels: 223,414 rows have a few thousand. */
  readonly labels: Map<number, readonly Label[]>;
}

async function findTables(source: Source): Promise<Table[]> {
  const found: Table[] = [];
  for (const table of ['train', 'valid'] as const) {
    if ((await source.storage.head(uriOf(source, table))) !== null) found.push(table);
  }
  return found;
}

function uriOf(source: Source, table: Table): string {
  return `${source.uri}/${table}.csv`;
}

interface TableReading {
  readonly source: Source;
  readonly table: Table;
  readonly known: Known;
  readonly films: Film[];
  readonly rejected: Rejected[];
}

/** Reads a table into `films` and `rejected`; its digest. */
async function readTable({ source, table, known, films, rejected }: TableReading): Promise<string> {
  const uri = uriOf(source, table);
  const hash = createHash('sha256');
  let parseRow: ((row: Row) => Film | Rejected) | undefined;
  for await (const row of readRows(uri, hashed(source.storage.stream(uri), hash))) {
    if (parseRow === undefined) {
      parseRow = openTable({ uri, header: row.cells, labels: known.labels });
      continue;
    }
    const film = parseRow(row);
    if ('reason' in film) rejected.push(film);
    else if (known.paths.has(film.path)) rejected.push({ path: film.path, reason: `${table}.csv line ${row.line}: this path stood in an earlier row` });
    else {
      known.paths.add(film.path);
      films.push(film);
      if (known.paths.size % filmsBetweenCalls === 0) source.onFilms?.(known.paths.size);
    }
  }
  if (parseRow === undefined) throw new DatasetError('Invalid', `Cannot read ${uri}: it is empty; it needs CheXpert's header row`);
  return `${table}.csv ${hash.digest('hex')}`;
}

async function* hashed(bytes: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

function digestOf(digests: readonly string[]): string {
  return createHash('sha256').update(digests.join('\n')).digest('hex');
}
