import { stringify } from 'yaml';
import type { TrainingSpec } from '../api/schema.ts';
import type { Prices } from '../api/prices.ts';
import type { ChexTraining } from '../api/training.ts';
import { readEarlierSpeed } from '../local/earlier-status.ts';
import type { EstimatedCost } from '../plan/cost/estimate-cost.ts';
import { estimateCost } from '../plan/cost/estimate-cost.ts';
import { instances } from '../plan/cost/instances.ts';
import { listPrices } from '../plan/cost/list-prices.ts';
import { plannedInstance } from '../plan/cost/planned-rate.ts';
import { draftCatalog } from '../plan/drafts.ts';
import type { Estimate } from '../plan/estimate.ts';
import { estimate } from '../plan/estimate.ts';
import { layout, rootOf } from '../plan/layout.ts';
import type { Settings } from '../plan/plan.ts';
import { plainPods, planTraining } from '../plan/plan.ts';
import { ExitError } from '../plan/exit-error.ts';
import { assumedSpeeds, autoencoderFilmWork, studyFilmWork, studyImagesPerSecond } from '../plan/work.ts';
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
  /** Machine of the Pods, where the training does not choose one: a type such as g5.xlarge. */
  readonly instanceType?: string;
  /** Films a second of one autoencoder, flips counted, where the training has not measured it. */
  readonly imagesPerSecond?: number;
  /** Prices of nodes where the training gives none: the operator's own; without them the list prices. */
  readonly prices?: Prices;
  /** Address of the S3 server from here, where the training has that of the Pods. */
  readonly endpoint?: string;
  readonly print: (text: string) => void;
}

interface Speed {
  readonly imagesPerSecond: number;
  readonly source: 'measured' | 'given' | 'assumed' | 'study';
  /** The GPU for which it is assumed. */
  readonly gpu?: string;
}

/** What `chex plan` tells; null is unknown. */
export interface PlanReport extends Estimate {
  readonly training: { readonly namespace: string; readonly name: string };
  readonly films: { readonly train: number; readonly valid: number; readonly source: FilmCount['source'] };
  /** Films a second of one autoencoder, flips counted, and how that is known. */
  readonly speed: Speed | null;
  /** What the autoencoders are to run on. */
  readonly device: 'GPU' | 'CPU';
  /** Why the output folder cannot be read, so that what may be finished is counted again; null where it was read. */
  readonly unread: string | null;
  /** Why `chex run` would refuse to go on with what is finished; null where it would not. */
  readonly refusal: string | null;
  readonly cost: EstimatedCost;
}

/** `chex plan`: what would happen, from the plan that `chex run` and the operator follow. Reads, writes nothing. */
export async function plan({ file, output, endpoint, print, ...given }: PlanOptions): Promise<void> {
  const { metadata, spec } = await readTraining(file);
  const training: ChexTraining = { metadata: { ...metadata, uid: '', generation: 1 }, spec };
  const report = await foresee(openStorage(endpoint === undefined ? spec.storage : { ...spec.storage, endpoint }), training, given);
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
const clusterSettings: Settings = {
  workerImage: '',
  operatorVersion: '',
  engine: 'auto',
  threads: { autoencoders: 1, combined: 1 },
  maxParallel: 14,
  preprocessParallelism: 256,
  gpus: null,
  assumedSpeed: assumedSpeeds.gpu,
  prices: listPrices,
  pods: plainPods,
};

type Given = Pick<PlanOptions, 'instanceType' | 'imagesPerSecond' | 'prices'>;

async function foresee(storage: Storage, training: ChexTraining, given: Given): Promise<PlanReport> {
  const settings: Settings = { ...clusterSettings, prices: given.prices ?? listPrices };
  const { spec, metadata } = training;
  const { earlier, measured, unread } = await readOutput(storage, training, settings);
  const { catalog, source } = await countFilms(storage, { spec, finished: earlier.finished });
  const { digest } = draftCatalog({ training, settings });
  const counted = planTraining({ training, settings, results: new Map([...earlier.finished, ['catalog', { state: 'succeeded', digest, result: catalog }]]) });
  const instanceType = given.instanceType ?? plannedInstance({ stage: 'autoencoders' }, counted);
  const speed = speedOf(spec, { measured, given: given.imagesPerSecond, instanceType });
  const filmWork = autoencoderFilmWork(spec);
  const estimated = estimate(counted, { speed: speed === null ? null : speed.imagesPerSecond * filmWork, finished: new Set(earlier.finished.keys()) });
  return {
    training: { namespace: metadata.namespace, name: metadata.name },
    films: { ...catalog.films, source },
    speed,
    ...estimated,
    device: spec.autoencoders.resources.gpu > 0 ? 'GPU' : 'CPU',
    unread,
    refusal: refusalOf(training, earlier),
    cost: estimateCost(counted, estimated.jobs, { instanceType: given.instanceType, isMeasured: speed?.source === 'measured' }),
  };
}

interface Output {
  readonly earlier: EarlierSteps;
  /** Films a second of one autoencoder, as an earlier run of this training measured it. */
  readonly measured: number | null;
  readonly unread: string | null;
}

/** What the output folder tells. A plan is of use without it: where it cannot be read, nothing of it is known. */
async function readOutput(storage: Storage, training: ChexTraining, settings: Settings): Promise<Output> {
  try {
    const earlier = await readEarlierSteps(storage, { training, settings });
    const measured = await readEarlierSpeed(storage, layout(rootOf(training.spec.output.uri, training.metadata)).status);
    return { earlier, measured, unread: null };
  } catch (error) {
    if (!(error instanceof ExitError) && !isStorageError(error)) throw error;
    return { earlier: { finished: new Map(), differing: [] }, measured: null, unread: error.message };
  }
}

interface SpeedFacts {
  readonly measured: number | null;
  readonly given: number | undefined;
  readonly instanceType: string | undefined;
}

/**
 * What this very training has measured, else what the user gives, else, on a GPU, what is assumed of its type, scaled to
 * the size of the network, or for the study's own network what the study reached; else unknown.
 */
function speedOf(spec: TrainingSpec, { measured, given, instanceType }: SpeedFacts): Speed | null {
  if (measured !== null) return { imagesPerSecond: measured, source: 'measured' };
  if (given !== undefined) return { imagesPerSecond: given, source: 'given' };
  if (spec.autoencoders.resources.gpu === 0) return null;
  const { gpu, imagesPerSecond } = instances[instanceType ?? ''] ?? {};
  if (gpu !== undefined && imagesPerSecond !== undefined) return { imagesPerSecond: (imagesPerSecond * studyFilmWork) / autoencoderFilmWork(spec), source: 'assumed', gpu };
  const isStudyNetwork = spec.preprocess.size === 299 && spec.autoencoders.width === 1;
  return isStudyNetwork && instanceType === undefined ? { imagesPerSecond: studyImagesPerSecond, source: 'study' } : null;
}
