import type { Film } from '../dataset/films.ts';
import type { FilmReader, ReadFilm } from './film-reader.ts';
import type { FilmOutcome, RecordPiece } from './film-thread.ts';
import type { FilmThreads } from './film-threads.ts';

/** Films on their way for each thread: enough that none waits for a film to come over the network. */
const filmsAheadPerThread = 16;
/** Batches for each thread, made or in the making: two in the thread's hands, and one whose records are being written. */
const batchesPerThread = 3;
/** A batch ends with so many films or bytes of them, whatever is first: small films share a message, large ones fill no memory. */
const filmsOfBatch = 8;
const bytesOfBatch = 256 * 1024;

/** Films that stand beside each other in the shard: what became of each, and their records. */
export interface FilmBatch {
  readonly films: readonly { readonly film: Film; readonly outcome: FilmOutcome }[];
  readonly pieces: readonly RecordPiece[];
}

interface Means {
  readonly reader: FilmReader;
  readonly threads: FilmThreads;
}

/** All films in their order, read and prepared ahead of whoever takes the batches. The records of a batch are there until the next is asked for. */
export async function* prepareInBatches(films: AsyncIterable<Film>, { reader, threads }: Means): AsyncGenerator<FilmBatch> {
  const files = ahead(films, { count: filmsAheadPerThread * threads.count, start: async (film) => ({ film, found: await reader.read(film.path) }) });
  for await (const { room, ...batch } of ahead(batchesOf(files), { count: batchesPerThread * threads.count, start: (found) => prepareBatch(found, threads) })) {
    yield batch;
    threads.giveBack(room);
  }
}

interface FoundFilm {
  readonly film: Film;
  readonly found: ReadFilm;
}

/** What is begun of the items, in their order, with `count` of them under way before the first is waited for. */
async function* ahead<Item, Result>(items: AsyncIterable<Item>, { count, start }: { count: number; start: (item: Item) => Promise<Result> }): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  for await (const item of items) {
    const result = start(item);
    // A failure counts when its turn comes; until then it is not unhandled.
    result.catch(() => undefined);
    begun.push(result);
    const first = begun.length > count ? begun.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const result of begun) yield await result;
}

async function* batchesOf(films: AsyncIterable<FoundFilm>): AsyncGenerator<FoundFilm[]> {
  let batch: FoundFilm[] = [];
  let bytes = 0;
  for await (const film of films) {
    batch.push(film);
    bytes += film.found.kind === 'read' ? film.found.bytes.length : 0;
    if (batch.length < filmsOfBatch && bytes < bytesOfBatch) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

async function prepareBatch(batch: readonly FoundFilm[], threads: FilmThreads): Promise<FilmBatch & { readonly room: ArrayBuffer }> {
  const files = batch.flatMap(({ film: { path, patient, labels }, found }) => (found.kind === 'read' ? [{ film: { path, patient, labels }, bytes: found.bytes }] : []));
  const { outcomes, pieces, room } = await threads.prepare(files);
  const left = outcomes.values();
  const films = batch.map(({ film, found }) => {
    const outcome = found.kind === 'rejected' ? found : left.next().value;
    if (outcome === undefined) throw new Error(`Cannot tell what became of ${film.path}: a thread answered for too few films`);
    return { film, outcome };
  });
  return { films, pieces, room };
}
