import { stringify } from 'yaml';
import type { ChexTraining } from '../api/training.ts';
import { readEarlierSpeed } from '../local/earlier-status.ts';
import type { Estimate } from '../plan/estimate.ts';
import { estimate } from '../plan/estimate.ts';
import { layout, rootOf } from '../plan/layout.ts';
import type { Plan, Settings } from '../plan/plan.ts';
import { plainPods, planTraining } from '../plan/plan.ts';
import { assumedSpeeds, autoencoderFilmWork, studyImagesPerSecond } from '../plan/work.ts';
import { openStorage } from '../storage/open.ts';
import type { Storage } from '../storage/storage.ts';
import type { FilmCount } from './count-films.ts';
import { countFilms } from './count-films.ts';
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
  pods: plainPods,
};

async function foresee(storage: Storage, training: ChexTraining): Promise<PlanReport> {
  const { spec, metadata } = training;
  const draft = planTraining({ training, settings, results: new Map() }).steps[0]?.draft;
  if (!draft) throw new Error('Cannot plan: the catalog has no draft');
  const { catalog, source } = await countFilms(storage, { spec, draft });
  const counted = planTraining({ training, settings, results: new Map([['catalog', { state: 'succeeded', digest: draft.digest, result: catalog }]]) });
  const speed = await speedOf(storage, counted);
  const filmWork = autoencoderFilmWork(spec);
  return {
    training: { namespace: metadata.namespace, name: metadata.name },
    films: { ...catalog.films, source },
    speed,
    ...estimate(counted, speed === null ? null : speed.imagesPerSecond * filmWork),
    device: spec.autoencoders.resources.gpu > 0 ? 'GPU' : 'CPU',
    cost: null,
  };
}

/** What this very training has measured, else, for the study's own network on a GPU, what the study reached; else unknown. */
async function speedOf(storage: Storage, { training: { spec, metadata } }: Plan): Promise<PlanReport['speed']> {
  const measured = await readEarlierSpeed(storage, layout(rootOf(spec.output.uri, metadata)).status);
  if (measured !== null) return { imagesPerSecond: measured, source: 'measured' };
  const isStudyNetwork = spec.preprocess.size === 299 && spec.autoencoders.width === 1;
  return isStudyNetwork && spec.autoencoders.resources.gpu > 0 ? { imagesPerSecond: studyImagesPerSecond, source: 'study' } : null;
}
