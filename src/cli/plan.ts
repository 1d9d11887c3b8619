import { stringify } from 'yaml';
import type { TrainingSpec } from '../api/schema.ts';
import type { ChexTraining } from '../api/training.ts';
import { readEarlierSpeed } from '../local/earlier-status.ts';
import { listPrices } from '../plan/cost/list-prices.ts';
import { draftCatalog } from '../plan/drafts.ts';
import type { Estimate } from '../plan/estimate.ts';
import { estimate } from '../plan/estimate.ts';
import { layout, rootOf } from '../plan/layout.ts';
import type { Settings } from '../plan/plan.ts';
import { plainPods, planTraining } from '../plan/plan.ts';
import { ExitError } from '../plan/step.ts';
import { assumedSpeeds, autoencoderFilmWork, studyImagesPerSecond } from '../plan/work.ts';
import { openStorage } from '../storage/open.ts';
import { isStorageError } from '../storage/storage.ts';
import type { Storage } from '../storage/storage.ts';
import type { FilmCount } from './count-films.ts';
import { countFilms } from './count-films.ts';
import type { EarlierSteps } from './earlier-steps.ts';
import { readEarlierSteps, refusalOf } from './earlier-steps.ts';
import { planText } from './plan-text.ts';
import { readTraining } from './training-file.ts';

export interface PlanOptions {
  readonly file: string;
  readonly output: 'table' | 'json' | 'yaml';
  readonly print: (text: string) => void;
}

/** What `chex plan` tells; null is unknown. */
export interface PlanReport extends Estimate {
  readonly training: { readonly namespace: string; readonly name: string };
  readonly films: { readonly train: number; readonly valid: number; readonly source: FilmCount['source'] };
  /** Films a second of one autoencoder, flips counted, and how that is known. */
  readonly speed: { readonly imagesPerSecond: number; readonly source: 'measured' | 'study' } | null;
  /** What the autoencoders are to run on. */
  readonly device: 'GPU' | 'CPU';
  /** Why the output folder cannot be read, so that what may be finished is counted again; null where it was read. */
  readonly unread: string | null;
  /** Why `chex run` would refuse to go on with what is finished; null where it would not. */
  readonly refusal: string | null;
  /** Nobody knows a price here. */
  readonly cost: null;
}

/** `chex plan`: what would happen, from the plan that `chex run` and the operator follow. Reads, writes nothing. */
export async function plan({ file, output, print }: PlanOptions): Promise<void> {
  const { metadata, spec } = await readTraining(file);
  const training: ChexTraining = { metadata: { ...metadata, uid: '', generation: 1 }, spec };
  const report = await foresee(openStorage(spec.storage), training);
  switch (output) {
    case 'json':
      return print(JSON.stringify(report, null, 2));
    case 'yaml':
      return print(stringify(report).trimEnd());
    case 'table':
      return print(planText(report));
  }
}

/** Order and limits of a cluster: all autoencoders at a time unless the training says otherwise. */
const settings: Settings = {
  workerImage: '',
  operatorVersion: '',
  engine: 'auto',
  threads: { autoencoders: 1, combined: 1 },
  maxParallel: 14,
  preprocessParallelism: 256,
  assumedSpeed: assumedSpeeds.gpu,
  prices: listPrices,
  pods: plainPods,
};

async function foresee(storage: Storage, training: ChexTraining): Promise<PlanReport> {
  const { spec, metadata } = training;
  const { earlier, measured, unread } = await readOutput(storage, training);
  const { catalog, source } = await countFilms(storage, { spec, finished: earlier.finished });
  const { digest } = draftCatalog({ training, settings });
  const counted = planTraining({ training, settings, results: new Map([...earlier.finished, ['catalog', { state: 'succeeded', digest, result: catalog }]]) });
  const speed = speedOf(spec, measured);
  const filmWork = autoencoderFilmWork(spec);
  return {
    training: { namespace: metadata.namespace, name: metadata.name },
    films: { ...catalog.films, source },
    speed,
    ...estimate(counted, { speed: speed === null ? null : speed.imagesPerSecond * filmWork, finished: new Set(earlier.finished.keys()) }),
    device: spec.autoencoders.resources.gpu > 0 ? 'GPU' : 'CPU',
    unread,
    refusal: refusalOf(training, earlier),
    cost: null,
  };
}

interface Output {
  readonly earlier: EarlierSteps;
  /** Films a second of one autoencoder, as an earlier run of this training measured it. */
  readonly measured: number | null;
  readonly unread: string | null;
}

/** What the output folder tells. A plan is of use without it: where it cannot be read, nothing of it is known. */
async function readOutput(storage: Storage, training: ChexTraining): Promise<Output> {
  try {
    const earlier = await readEarlierSteps(storage, { training, settings });
    const measured = await readEarlierSpeed(storage, layout(rootOf(training.spec.output.uri, training.metadata)).status);
    return { earlier, measured, unread: null };
  } catch (error) {
    if (!(error instanceof ExitError) && !isStorageError(error)) throw error;
    return { earlier: { finished: new Map(), differing: [] }, measured: null, unread: error.message };
  }
}

/** What this very training has measured, else, for the study's own network on a GPU, what the study reached; else unknown. */
function speedOf(spec: TrainingSpec, measured: number | null): PlanReport['speed'] {
  if (measured !== null) return { imagesPerSecond: measured, source: 'measured' };
  const isStudyNetwork = spec.preprocess.size === 299 && spec.autoencoders.width === 1;
  return isStudyNetwork && spec.autoencoders.resources.gpu > 0 ? { imagesPerSecond: studyImagesPerSecond, source: 'study' } : null;
}
