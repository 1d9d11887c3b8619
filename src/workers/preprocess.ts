import { labelOf, observations } from '../api/observations.ts';
import { readFilms } from '../dataset/films.ts';
import { variants } from '../imaging/flip.ts';
import { layout, shardName, type Shard } from '../plan/layout.ts';
import type { PreprocessResult } from '../plan/result.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import { type PreprocessStep } from '../plan/step.ts';
import { isStorageError } from '../storage/storage.ts';
import { filmReader, type FilmReader } from './film-reader.ts';
import { prepareInBatches } from './film-batches.ts';
import { positivesOf } from './film-records.ts';
import type { RecordPiece } from './film-thread.ts';
import { FilmThreads } from './film-threads.ts';
import { commitMarker, readMarker, revokeMarker, type Marker, type SetName } from './marker.ts';
import { finishRecords, shardsOf } from './preprocess-end.ts';
import { RecordSet } from './record-set.ts';
import { Interrupted, type Tools } from './tools.ts';

interface Work {
  readonly step: PreprocessStep;
  readonly tools: Tools;
}

/**
 * Makes the records of one shard in one pass over its films (index counts the shards of train, then of valid), unless
 * its commit marker says that they are there. Resolves to the result of the step when no other shard is missing, else
 * to null. Throws ExitError 65 when more films are unreadable than `maxRejected` allows.
 */
export async function runPreprocess({ step, index, tools }: Work & { index: number }): Promise<PreprocessResult | null> {
  const shard = shardsOf(step)[index];
  if (shard === undefined) {
    throw new ExitError(exitCodes.usage, `Cannot preprocess shard ${index}: the step has ${shardsOf(step).length} shards, counted from 0`);
  }
  const markerUri = layout(step.root).records.marker(shard);
  if ((await readMarker(tools.storage, markerUri, step.digest)) === null) {
    await tools.fence();
    await revokeMarker(tools.storage, markerUri, step.digest);
    const marker = await makeShard(shard, { step, tools });
    await tools.fence();
    await commitMarker(tools.storage, markerUri, marker);
  }
  tools.report({ ratio: 1, message: `shard ${shard.split} ${shardName(shard)} is there` });
  return finishRecords({ step, tools });
}

/** Writes the sets of a shard; nothing of them appears when it is stopped half-way. */
async function makeShard(shard: Shard, { step, tools }: Work): Promise<Marker> {
  const startedAt = tools.now();
  const sets = new Map<SetName, RecordSet>();
  const threads = new FilmThreads({ ...step.image, variants: variantsOf(shard, step), observations: step.observations });
  try {
    const reader = filmReader(step.dataset.uri, tools);
    const made = await addFilms(shard, { step, tools, sets, threads, reader });
    await reader.demandReachable();
    await tools.fence();
    const summaries = await Promise.all(Array.from(sets, async ([name, set]) => [name, await set.finish()] as const));
    const seconds = (tools.now() - startedAt) / 1000;
    return { digest: step.digest, run: step.run, ...shard, ...made, sets: Object.fromEntries(summaries), seconds };
  } catch (error) {
    await Promise.all(Array.from(sets.values(), (set) => set.abandon(error)));
    throw isStorageError(error, 'Aborted') && tools.signal.aborted ? new Interrupted() : error;
  } finally {
    await threads.close();
  }
}

/** Validation films are never flipped (training.md, section 2). */
function variantsOf(shard: Shard, step: PreprocessStep) {
  return step.image.augment === 'Materialise' && shard.split === 'train' ? variants : variants.slice(0, 1);
}

interface ShardWork extends Work {
  readonly sets: Map<SetName, RecordSet>;
  readonly threads: FilmThreads;
  readonly reader: FilmReader;
}

async function addFilms(shard: Shard, work: ShardWork): Promise<Pick<Marker, 'films' | 'images' | 'rejected'>> {
  const { step, tools } = work;
  const startedAt = tools.now();
  const total = await countFilms(shard, work);
  const images = observations.map(() => 0);
  const rejected: Marker['rejected'] = [];
  let films = 0;
  let pictures = 0;
  for await (const batch of prepareInBatches(readFilms(tools.storage, layout(step.root).catalog.shard(shard)), work)) {
    for (const { film, outcome } of batch.films) {
      if (outcome.kind === 'rejected') {
        rejected.push({ path: film.path, reason: outcome.reason });
      } else {
        films += 1;
        pictures += outcome.pictures;
        for (const label of positivesOf(film).map(labelOf)) images[label] = (images[label] ?? 0) + 1;
      }
    }
    await addPieces(batch.pieces, { shard, work });
    const done = films + rejected.length;
    const seconds = Math.max(tools.now() - startedAt, 1) / 1000;
    tools.report({
      ratio: done / total,
      imagesPerSecond: pictures / seconds,
      remainingSeconds: (seconds / done) * (total - done),
      message: `shard ${shard.split} ${shardName(shard)}: ${done} of ${total} films`,
    });
    if (tools.signal.aborted) throw new Interrupted();
  }
  if (rejected.length > 0) tools.log(`${rejected.length} of ${total} films of the shard were rejected`, { warning: true, step: step.stage, first: rejected[0] });
  return { films, images, rejected };
}

async function countFilms(shard: Shard, { step, tools }: Work): Promise<number> {
  let count = 0;
  for await (const _ of readFilms(tools.storage, layout(step.root).catalog.shard(shard))) count += 1;
  return count;
}

/** Each piece to its set; they are of different sets, and wait for storage together. */
async function addPieces(pieces: readonly RecordPiece[], { shard, work: { step, tools, sets } }: { shard: Shard; work: ShardWork }): Promise<void> {
  await Promise.all(
    pieces.map(async ({ set: name, ...records }) => {
      const set = sets.get(name) ?? new RecordSet(tools.storage, layout(step.root).records.shard(name, shard));
      sets.set(name, set);
      await set.add(records);
    }),
  );
}
