import type { Observation } from '../api/observations.ts';
import { labelOf } from '../api/observations.ts';
import type { Prices } from '../api/prices.ts';
import type { Stage } from '../api/stages.ts';
import type { ChexTraining } from '../api/training.ts';
import type { Draft } from './drafts.ts';
import { draftAutoencoder, draftCatalog, draftCombined, draftPreprocess } from './drafts.ts';
import type { CatalogResult, PreprocessResult, StepResult } from './result.ts';
import { autoencoderWork, combinedWork } from './work.ts';

export type StepKey = 'catalog' | 'preprocess' | `autoencoders/${Observation}` | 'combined';

/** What the place where it runs decides: the operator's options, or this machine. */
export interface Settings {
  readonly workerImage: string;
  readonly operatorVersion: string;
  readonly engine: 'auto' | 'native' | 'wasm';
  /** Of a training worker; null: as many as the CPUs that its Pod asks for. */
  readonly threads: { readonly autoencoders: number; readonly combined: number } | null;
  /** Most autoencoders at a time where the spec does not say. */
  readonly maxParallel: number;
  /** Most preprocessing Pods at a time, whatever the spec says. */
  readonly preprocessParallelism: number;
  /** GPUs of the one machine that all workers share; null on a cluster, where a Pod holds as many as it asks for. */
  readonly gpus: number | null;
  /** GFLOP a second of one training worker, as long as none has told its own. */
  readonly assumedSpeed: number;
  /** What nodes cost where the training does not say. */
  readonly prices: Prices;
  readonly pods: PodSettings;
}

/** What every Pod on a cluster gets, whatever its training asks. */
export interface PodSettings {
  /** Secrets in the training's namespace that let its nodes pull the image. */
  readonly imagePullSecrets: readonly string[];
  /** Variables such as HTTPS_PROXY and NO_PROXY. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Nothing. */
export const plainPods: PodSettings = { imagePullSecrets: [], environment: {} };

/** Why a step failed: a sentence, and the exit code of its worker where one ended. */
export interface Failure {
  readonly message: string;
  readonly exitCode?: number;
}

/** How a step ended, as status remembers it; it counts only for the step that has this digest. */
export type Outcome =
  | { readonly state: 'succeeded'; readonly digest: string; readonly result: StepResult }
  | ({ readonly state: 'failed'; readonly digest: string } & Failure);

export interface PlannedStep {
  readonly key: StepKey;
  readonly stage: Stage;
  readonly observation?: Observation;
  readonly needs: readonly StepKey[];
  /** The message to its worker but for what is known only at the start; null until all it needs is finished and recorded. */
  readonly draft: Draft | null;
  /** Its recorded end; null while there is none that belongs to the draft. */
  readonly outcome: Outcome | null;
  /** Why it is not to be done at all. */
  readonly skipped?: string;
  /** Source films of an autoencoder. */
  readonly images?: number;
  /** GFLOP that training takes, roughly; absent until the films are counted, and of a step that trains nothing. */
  readonly work?: number;
}

export interface Plan {
  readonly training: ChexTraining;
  readonly settings: Settings;
  /** Every step after those it needs; autoencoders in the order of the spec. */
  readonly steps: readonly PlannedStep[];
  /** Autoencoders that must succeed before the combined model starts. */
  readonly minSucceeded: number;
}

export interface PlanInput {
  readonly training: ChexTraining;
  readonly settings: Settings;
  readonly results: ReadonlyMap<StepKey, Outcome>;
}

/** A training to its steps and what each one needs, as far as the recorded results let it be known. */
export function planTraining({ training, settings: present, results }: PlanInput): Plan {
  // All Jobs of a training have the image with which it began, whatever its operator has become since.
  const settings = { ...present, workerImage: training.status?.workerImage || present.workerImage };
  const context = { training, settings };
  const catalog = plannedStep({ key: 'catalog', stage: 'catalog', needs: [] }, draftCatalog(context), results);
  const counted = resultOf(catalog, 'catalog');
  const preprocess = plannedStep({ key: 'preprocess', stage: 'preprocess', needs: ['catalog'] }, counted && draftPreprocess(context, counted, catalog.draft), results);
  const recorded = resultOf(preprocess, 'preprocess');
  const films = { catalog: counted, preprocess: recorded, records: preprocess.draft };
  const autoencoders = training.spec.observations.map((observation) => planAutoencoder({ context, films, results }, observation));
  const minSucceeded = Math.max(1, training.spec.autoencoders.minSucceeded ?? autoencoders.filter(({ skipped }) => skipped === undefined).length);
  const combined = planCombined({ context, films, results }, autoencoders, minSucceeded);
  return { training, settings, steps: [catalog, preprocess, ...autoencoders, combined], minSucceeded };
}

/** Key of an autoencoder's step. */
export function autoencoderKey(observation: Observation): StepKey {
  return `autoencoders/${observation}`;
}

/** The recorded result of a step of this stage; null while there is none. */
export function resultOf<S extends Stage>(step: PlannedStep, stage: S): Extract<StepResult, { stage: S }> | null {
  const { outcome } = step;
  return outcome?.state === 'succeeded' && outcome.result.stage === stage ? (outcome.result as Extract<StepResult, { stage: S }>) : null;
}

export function autoencoderSteps(plan: Plan): PlannedStep[] {
  return plan.steps.filter(({ stage }) => stage === 'autoencoders');
}

export interface PlanContext {
  readonly training: ChexTraining;
  readonly settings: Settings;
}

interface Films {
  readonly catalog: CatalogResult | null;
  readonly preprocess: PreprocessResult | null;
  readonly records: Draft | null;
}

interface Planning {
  readonly context: PlanContext;
  readonly films: Films;
  readonly results: ReadonlyMap<StepKey, Outcome>;
}

function planAutoencoder({ context, films, results }: Planning, observation: Observation): PlannedStep {
  const key = autoencoderKey(observation);
  const step = { key, stage: 'autoencoders' as const, observation, needs: ['preprocess' as const] };
  const [cataloged, readable] = [films.catalog, films.preprocess].map((counted) => counted?.images.train[labelOf(observation)]);
  if (cataloged === 0 || readable === 0) {
    return { ...step, draft: null, outcome: null, images: 0, skipped: `no ${cataloged === 0 ? '' : 'readable '}positive film in train` };
  }
  const images = readable ?? cataloged;
  const draft = films.catalog && films.preprocess && draftAutoencoder(context, { catalog: films.catalog, records: films.records }, observation);
  const planned = plannedStep(step, draft, results);
  if (images === undefined) return planned;
  return { ...planned, images, work: autoencoderWork(context.training.spec, observation, images) };
}

function planCombined({ context, films, results }: Planning, autoencoders: readonly PlannedStep[], minSucceeded: number): PlannedStep {
  const step = { key: 'combined' as const, stage: 'combined' as const, needs: autoencoders.map(({ key }) => key) };
  const trained = autoencoders.filter(({ outcome }) => outcome?.state === 'succeeded');
  const areFinished = autoencoders.every(({ outcome, skipped }) => outcome !== null || skipped !== undefined);
  const draft =
    films.catalog && films.preprocess && areFinished && trained.length >= minSucceeded
      ? draftCombined(context, { catalog: films.catalog, records: films.records }, autoencoders)
      : null;
  const planned = plannedStep(step, draft, results);
  if (films.catalog === null) return planned;
  const sources = autoencoders.filter(({ skipped }) => skipped === undefined).length;
  return { ...planned, work: combinedWork(context.training.spec, films.catalog.films, sources) };
}

function plannedStep(step: Pick<PlannedStep, 'key' | 'stage' | 'needs' | 'observation'>, draft: Draft | null, results: Planning['results']): PlannedStep {
  const recorded = results.get(step.key);
  return { ...step, draft, outcome: recorded && recorded.digest === draft?.digest ? recorded : null };
}

