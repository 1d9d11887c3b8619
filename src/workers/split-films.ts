import { labelOf } from '../api/observations.ts';
import type { Observation } from '../api/observations.ts';
import { layout } from '../plan/layout.ts';
import type { Split } from '../plan/layout.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import type { AutoencodersStep, CombinedStep } from '../plan/step.ts';
import { openFilms } from '../training/films.ts';
import type { FilmSet, RecordFile } from '../training/films.ts';
import { readMarker } from './marker.ts';
import type { Tools } from './tools.ts';

interface SplitFilms {
  readonly step: AutoencodersStep | CombinedStep;
  readonly tools: Tools;
  /** One observation's positives, or all films. */
  readonly set: Observation | 'all';
  readonly split: Split;
}

export interface Splits {
  readonly train: FilmSet;
  readonly valid: FilmSet;
  close(): Promise<void>;
}

/** Both splits of one observation's positives, or of all films. Throws 66 where a shard is not committed. */
export async function openSplits(options: Omit<SplitFilms, 'split'>): Promise<Splits> {
  const train = await openSplit({ ...options, split: 'train' });
  const valid = await openSplit({ ...options, split: 'valid' }).catch(async (error: unknown) => {
    await train.close();
    throw error;
  });
  return { train, valid, close: () => Promise.all([train.close(), valid.close()]).then(() => undefined) };
}

/** The films of a split as the commit markers have them, shard after shard. */
async function openSplit({ step, tools, set, split }: SplitFilms): Promise<FilmSet> {
  const paths = layout(step.root).records;
  const of = step.shards[split];
  const files: RecordFile[] = [];
  for (let index = 0; index < of; index++) {
    const shard = { split, index, of };
    const uri = paths.marker(shard);
    const marker = await readMarker(tools.storage, uri, step.records);
    if (marker === null) {
      throw new ExitError(exitCodes.missingInput, `Cannot read the records: ${uri} is not there or belongs to other settings, so this shard is not preprocessed for this step; run the training again from the step preprocess`);
    }
    const records = marker.sets[set]?.records ?? 0;
    const films = set === 'all' ? marker.films : (marker.images[labelOf(set)] ?? 0);
    if (records > 0) files.push({ uri: paths.shard(set, shard), films, records });
  }
  return openFilms({ storage: tools.storage, files, size: step.size, folder: tools.scratch.folder });
}
