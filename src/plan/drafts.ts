import type { Observation } from '../api/observations.ts';
import { inLabelOrder } from '../api/observations.ts';
import type { TrainingSpec } from '../api/schema.ts';
import type { ByteSettings } from './byte-settings.ts';
import { autoencoderSettings, catalogSettings, combinedSettings, preprocessSettings } from './byte-settings.ts';
import { digestOf } from './digest.ts';
import { rootOf, withoutSlash } from './layout.ts';
import { overrideOf } from './override-of.ts';
import type { PlanContext, PlannedStep } from './plan.ts';
import { resourcesOf, threadsFor } from './resources.ts';
import type { CatalogResult } from './result.ts';
import type { AutoencodersStep, CatalogStep, CombinedStep, PreprocessStep, Step } from './step.ts';

type Without<S, K extends PropertyKey> = S extends unknown ? Omit<S, K> : never;

/** A Step but for its run and the account of the training, which are known only when its Job is made. */
export type Draft = Without<Step, 'run' | 'account'>;

/** What the films gave: the catalog's counts, and the draft whose digest the records carry. */
interface Records {
  readonly catalog: CatalogResult;
  readonly records: Draft | null;
}

interface Identity {
  readonly stage: string;
  readonly settings: ByteSettings;
  readonly rerun?: number;
  /** Digests of what the step reads. */
  readonly inputs: readonly string[];
}

export function draftCatalog(context: PlanContext): Omit<CatalogStep, 'run'> {
  const { spec } = context.training;
  return {
    ...common(context, { stage: 'catalog', settings: catalogSettings(spec), inputs: [] }),
    stage: 'catalog',
    dataset: {
      uri: withoutSlash(spec.dataset.uri),
      layout: spec.dataset.layout,
      ...(spec.dataset.validationFraction === undefined ? {} : { validationFraction: spec.dataset.validationFraction }),
    },
    observations: inLabelOrder(spec.observations),
    shards: spec.preprocess.shards,
  };
}

export function draftPreprocess(context: PlanContext, catalog: CatalogResult, before: Draft | null): Omit<PreprocessStep, 'run'> {
  const { spec } = context.training;
  const settings = { ...before?.settings, ...preprocessSettings(spec), dataDigest: catalog.dataDigest };
  return {
    ...common(context, { stage: 'preprocess', settings, inputs: digestsOf([before]) }),
    stage: 'preprocess',
    dataset: { uri: withoutSlash(spec.dataset.uri) },
    observations: inLabelOrder(spec.observations),
    maxRejected: spec.dataset.maxRejected,
    films: catalog.films.train + catalog.films.valid,
    ...(catalog.rejected.count === 0 ? {} : { rejected: catalog.rejected.count }),
    shards: catalog.shards,
    image: imageOf(spec),
  };
}

export function draftAutoencoder(context: PlanContext, films: Records, observation: Observation): Omit<AutoencodersStep, 'run'> {
  const { spec } = context.training;
  const own = overrideOf(spec, observation);
  const { autoencoders } = spec;
  const settings = { ...films.records?.settings, ...autoencoderSettings(spec, observation) };
  const rerun = timesAsked(spec, observation);
  return {
    ...common(context, { stage: `autoencoders/${observation}`, settings, rerun, inputs: digestsOf([films.records]) }),
    ...recordsOf(spec, films),
    stage: 'autoencoders',
    observation,
    epochs: own?.epochs ?? autoencoders.epochs,
    batchSize: own?.batchSize ?? autoencoders.batchSize,
    learningRate: own?.learningRate ?? autoencoders.learningRate,
    checkpointEverySeconds: autoencoders.checkpointEverySeconds,
    engine: context.settings.engine,
    threads: context.settings.threads?.autoencoders ?? threadsFor(resourcesOf(spec, { stage: 'autoencoders', observation })),
    width: autoencoders.width,
    loss: autoencoders.loss,
    earlyStopping: autoencoders.earlyStopping ?? null,
  };
}

export function draftCombined(context: PlanContext, films: Records, autoencoders: readonly PlannedStep[]): Omit<CombinedStep, 'run' | 'account'> {
  const { spec } = context.training;
  const { combined, dataset } = spec;
  const observations = inLabelOrder(spec.observations);
  const planned = observations.map((observation) => autoencoders.find((step) => step.observation === observation));
  const trained = planned.flatMap((step) => (step?.outcome?.state === 'succeeded' && step.observation ? [{ observation: step.observation, digest: step.outcome.digest }] : []));
  const settings = { ...films.records?.settings, ...Object.assign({}, ...planned.map((step) => step?.draft?.settings)), ...combinedSettings(spec) };
  // A rerun of any autoencoder asks for the combined model anew as well.
  const rerun = observations.reduce((sum, observation) => sum + timesAsked(spec, observation), 0);
  const inputs = [...digestsOf([films.records]), ...trained.map(({ digest }) => digest)];
  return {
    ...common(context, { stage: 'combined', settings, rerun, inputs }),
    ...recordsOf(spec, films),
    stage: 'combined',
    observations,
    autoencoders: trained,
    missing: planned.flatMap((step) => missingOf(step)),
    epochs: combined.epochs,
    batchSize: combined.batchSize,
    learningRate: combined.learningRate,
    checkpointEverySeconds: spec.autoencoders.checkpointEverySeconds,
    engine: context.settings.engine,
    threads: context.settings.threads?.combined ?? threadsFor(resourcesOf(spec, { stage: 'combined' })),
    width: spec.autoencoders.width,
    architecture: combined.architecture,
    head: combined.head,
    backbone: combined.backbone,
    ...(combined.backboneWeightsUri === undefined ? {} : { backboneWeightsUri: combined.backboneWeightsUri }),
    uncertain: Object.fromEntries(observations.map((observation) => [observation, dataset.uncertainByObservation?.[observation] ?? dataset.uncertain])),
    image: imageOf(spec),
    specDigest: digestOf(settings),
  };
}

function missingOf(step: PlannedStep | undefined): CombinedStep['missing'] {
  if (step?.observation === undefined) return [];
  if (step.skipped !== undefined) return [{ observation: step.observation, state: 'skipped', reason: step.skipped }];
  return step.outcome?.state === 'failed' ? [{ observation: step.observation, state: 'failed', reason: step.outcome.message }] : [];
}

function common({ training }: PlanContext, { stage, settings, rerun = 0, inputs }: Identity) {
  const { metadata, spec } = training;
  const { endpoint, region, forcePathStyle, checksums } = spec.storage;
  return {
    version: 1 as const,
    training: { namespace: metadata.namespace, name: metadata.name, uid: metadata.uid },
    rerun,
    digest: digestOf({ stage, settings, rerun, inputs }),
    settings,
    existing: spec.output.existing,
    root: rootOf(spec.output.uri, metadata),
    seed: spec.seed,
    storage: { ...(endpoint === undefined ? {} : { endpoint }), ...(region === undefined ? {} : { region }), forcePathStyle, checksums },
  };
}

function recordsOf(spec: TrainingSpec, { catalog, records }: Records) {
  return { augment: spec.preprocess.augment, size: spec.preprocess.size, records: records?.digest ?? '', shards: catalog.shards };
}

function imageOf({ preprocess }: TrainingSpec): PreprocessStep['image'] {
  const { size, contrast, clahe, augment, encoding, quality } = preprocess;
  return { size, clahe: contrast === 'Clahe' ? clahe : null, augment, encoding, quality };
}

function timesAsked(spec: TrainingSpec, observation: Observation): number {
  return spec.rerun?.find((entry) => entry.observation === observation)?.times ?? 0;
}

function digestsOf(drafts: readonly (Draft | null)[]): string[] {
  return drafts.flatMap((draft) => (draft === null ? [] : [draft.digest]));
}
