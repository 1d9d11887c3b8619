import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { DatasetError } from './reading.ts';

/** A record of a table: its cells as text, and the line of the file on which it ends, from 1. */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * The records of a CSV, the header among them, in bounded memory. A byte order mark, CRLF, quotes and rows of uneven
 * length are taken as they come; empty lines are passed over. Throws DatasetError, which names the URI, where a quote
 * never closes.
 */
export async function* readRows(uri: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Row> {
  const parser = parse({ bom: true, info: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true });
  // A fault of the source destroys the parser, so that it surfaces in the loop below and nowhere else.
  pipeline(Readable.from(bytes, { objectMode: false }), parser, () => undefined);
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { line: info.lines, cells: record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new DatasetError('Invalid', `Cannot read ${uri}: ${error.message}`, { cause: error });
  }
}
