import { observations } from '../api/observations.ts';
import { layout, type Shard, type Split } from '../plan/layout.ts';
import type { PreprocessResult } from '../plan/result.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import { type PreprocessStep } from '../plan/step.ts';
import { readMarker, readRefusedMarker, refuseMarker, setNames, type Marker } from './marker.ts';
import type { Tools } from './tools.ts';

interface Work {
  readonly step: PreprocessStep;
  readonly tools: Tools;
}

/** The shards of the step in the order of their Job's indexes: train, then valid. */
export function shardsOf({ shards }: PreprocessStep): Shard[] {
  const of = (split: Split) => Array.from({ length: shards[split] }, (_, index) => ({ split, index, of: shards[split] }));
  return [...of('train'), ...of('valid')];
}

/**
 * Looks at all shards committed so far. Throws ExitError 65 when too many films were rejected. When every shard is
 * there, clears what steps with other settings left and resolves to the result; else to null.
 */
export async function finishRecords({ step, tools }: Work): Promise<PreprocessResult | null> {
  const markers = await readMarkers({ step, tools });
  await demandReadable(markers, { step, tools });
  if (markers.length < shardsOf(step).length) return null;
  await removeLeftovers(markers, { step, tools });
  return resultOf(markers);
}

async function readMarkers({ step, tools }: Work): Promise<Marker[]> {
  const { records } = layout(step.root);
  const found = await Promise.all(shardsOf(step).map((shard) => readMarker(tools.storage, records.marker(shard), step.digest)));
  return found.filter((marker) => marker !== null);
}

async function readRefused({ step, tools }: Work): Promise<Marker[]> {
  const { records } = layout(step.root);
  const found = await Promise.all(shardsOf(step).map((shard) => readRefusedMarker(tools.storage, records.marker(shard), nameOfRun(step))));
  return found.filter((marker) => marker !== null);
}

/** Runs are counted anew when a training is deleted and applied again: its uid tells them apart. */
function nameOfRun({ training, run }: PreprocessStep): string {
  return `${training.uid}/${run}`;
}

/**
 * The shards with rejected films are to be made anew in the next run: the films may be in place then, and nothing else
 * would look for them again. What another worker of this run has refused counts too: a shard that was committed after
 * that must come to the same end, not stay behind with its rejected films.
 */
async function demandReadable(markers: readonly Marker[], { step, tools }: Work): Promise<void> {
  const rejected = rejectedOf([...markers, ...(await readRefused({ step, tools }))]);
  const { rejected: left = 0 } = step;
  const [unreadable, all] = [left + rejected.length, left + step.films];
  if (unreadable <= step.maxRejected * all) return;
  await tools.fence();
  for (const { rejected, ...shard } of markers) {
    if (rejected.length > 0) await refuseMarker(tools.storage, layout(step.root).records.marker(shard), nameOfRun(step));
  }
  const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
  const byCatalog = left === 0 ? [] : [`${left} left out by the catalog (${layout(step.root).catalog.rejected})`];
  throw new ExitError(
    exitCodes.data,
    `Cannot preprocess ${step.dataset.uri}: ${unreadable} of ${all} films (${percent(unreadable / all)}) are unreadable, ` +
      `more than the ${percent(step.maxRejected)} of dataset.maxRejected: ${[...byCatalog, ...rejected.slice(0, 3)].join('; ')}. ` +
      `Put these films right or raise dataset.maxRejected; ${layout(step.root).records.committed}/ names all of them.`,
  );
}

/** Sets and markers that no shard of this step names: of other settings, or of another number of shards. */
async function removeLeftovers(markers: readonly Marker[], { step, tools }: Work): Promise<void> {
  const { records } = layout(step.root);
  const own = new Set<string>([records.done]);
  for (const marker of markers) {
    own.add(records.marker(marker));
    for (const set of setNames) if (marker.sets[set] !== undefined) own.add(records.shard(set, marker));
  }
  await tools.fence();
  for await (const { uri } of tools.storage.list(records.folder)) {
    if (!own.has(uri)) await tools.storage.remove(uri);
  }
}

function resultOf(markers: readonly Marker[]): PreprocessResult {
  const rejected = rejectedOf(markers);
  const sets = markers.flatMap((marker) => Object.values(marker.sets));
  return {
    stage: 'preprocess',
    films: sum(markers.map(({ films }) => films)),
    rejected: { count: rejected.length, reasons: rejected.slice(0, 5) },
    sizeBytes: sum(sets.map(({ sizeBytes }) => sizeBytes)),
    images: { train: imagesOf(markers, 'train'), valid: imagesOf(markers, 'valid') },
    seconds: sum(markers.map(({ seconds }) => seconds)),
  };
}

function imagesOf(markers: readonly Marker[], split: Split): number[] {
  const ofSplit = markers.filter((marker) => marker.split === split);
  return observations.map((_, label) => sum(ofSplit.map(({ images }) => images[label] ?? 0)));
}

/** Short enough that five of them fit a termination message. */
function rejectedOf(markers: readonly Marker[]): string[] {
  return markers.flatMap(({ rejected }) => rejected.map(({ path, reason }) => `${path}: ${reason}`.slice(0, 200)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
