import { createRequire } from 'node:module';
import { z } from 'zod';
import { labelOf } from '../api/observations.ts';
import type { Film } from '../dataset/films.ts';
import { readFilms } from '../dataset/films.ts';
import type { ReportFiles } from '../evaluation/report-files.ts';
import { renderReport } from '../evaluation/report-files.ts';
import type { AutoencoderOutcome, FilmPrediction, HeadOutcome, ReportInput } from '../evaluation/report-input.ts';
import { layout } from '../plan/layout.ts';
import type { StepResult } from '../plan/result.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import type { CombinedTraining } from './heads.ts';
import { readDone } from './read-done.ts';
import type { ScoredFilm } from './score-split.ts';
import type { Splits } from './split-films.ts';
import type { TrainedAutoencoder } from './trained-autoencoders.ts';

export interface ReportedTraining extends CombinedTraining {
  /** Milliseconds since 1970, when this run of the step began. */
  readonly startedAt: number;
  readonly films: Splits;
  readonly scored: readonly ScoredFilm[];
  readonly autoencoders: readonly TrainedAutoencoder[];
  readonly combined: HeadOutcome;
  readonly baseline: HeadOutcome | null;
}

/** Gathers what is known of the whole training, judges it and writes the four files of the report. */
export async function writeReport(training: ReportedTraining): Promise<ReportFiles> {
  const { step, tools } = training;
  const paths = layout(step.root).report;
  const files = renderReport(await gather(training));
  await tools.fence();
  for (const [uri, text, contentType] of [
    [paths.predictions, files.predictions, 'text/csv'],
    [paths.modelCard, files.modelCard, 'text/markdown'],
    [paths.html, files.html, 'text/html'],
    [paths.json, files.json, 'application/json'],
  ] as const) {
    await tools.storage.write(uri, new TextEncoder().encode(text), { contentType });
  }
  return files;
}

async function gather(training: ReportedTraining): Promise<ReportInput> {
  const { step, tools, engine, films } = training;
  const { namespace, name } = step.training;
  const root = layout(step.root);
  const catalog = await readResult(root.catalog.done, 'catalog', tools);
  const preprocess = await readResult(root.records.done, 'preprocess', tools);
  const rejected = [catalog.rejected, preprocess.rejected];
  return {
    training: { namespace, name, seed: step.seed, specDigest: step.specDigest, dataDigest: catalog.dataDigest },
    settings: step.settings,
    preprocessing: step.image,
    observations: step.observations,
    data: {
      films: { train: films.train.count, valid: films.valid.count },
      patients: catalog.patients,
      patientsInBothSplits: catalog.patientsInBothSplits,
      rejected: { count: rejected.reduce((sum, { count }) => sum + count, 0), reasons: rejected.flatMap(({ reasons }) => reasons) },
    },
    films: await predictionsOf(training),
    autoencoders: training.autoencoders.map(outcomeOf),
    missing: step.missing,
    combined: {
      ...training.combined,
      ...{ architecture: step.architecture, head: step.head, backbone: step.backbone },
      backbonePretrained: step.backbone === 'InceptionResNetV2' ? step.backboneWeightsUri !== undefined : null,
    },
    baseline: training.baseline,
    account: accountOf(training),
    engine: engine.name,
    device: engine.device,
    versions: versions(),
  };
}

async function readResult<Stage extends StepResult['stage']>(uri: string, stage: Stage, { storage }: CombinedTraining['tools']): Promise<StepResult & { stage: Stage }> {
  const result = (await readDone(storage, uri))?.result;
  if (result?.stage !== stage) throw new ExitError(exitCodes.missingInput, `Cannot read the result of ${stage}: ${uri} ${result === undefined ? 'is not there' : `is that of ${result.stage}`}; run the training again`);
  return result as StepResult & { stage: Stage };
}

/** The scores with what the catalog knows of each film. */
async function predictionsOf({ step, tools, scored }: ReportedTraining): Promise<FilmPrediction[]> {
  const catalog = new Map<string, Film>();
  const of = step.shards.valid;
  for (let index = 0; index < of; index++) {
    for await (const film of readFilms(tools.storage, layout(step.root).catalog.shard({ split: 'valid', index, of }))) catalog.set(film.path, film);
  }
  const orNull = (text: string | undefined) => (text === undefined || text === '' ? null : text);
  return scored.map(({ path, patient, labels, scores, baselineScores }) => {
    const film = catalog.get(path);
    const study = orNull(film?.study);
    return {
      ...{ path, patient, scores, baselineScores },
      labels: step.observations.map((observation) => labels[labelOf(observation)] ?? 0),
      study: study === null ? null : `${patient}/${study}`,
      sex: orNull(film?.sex),
      age: film?.age ?? null,
      view: orNull(film?.view),
      projection: orNull(film?.projection),
    };
  });
}

function outcomeOf({ observation, result, summary }: TrainedAutoencoder): AutoencoderOutcome {
  const { images, epochs, bestEpoch, stoppedEarly, loss, meanSquaredError, seconds, imagesPerSecond } = result;
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
  return {
    ...{ observation, images, epochs, bestEpoch, stoppedEarly, loss, meanSquaredError, seconds, imagesPerSecond },
    lossKind: summary.loss,
    history: summary.history,
    examples: summary.examples.map(({ original, reconstruction }) => ({ original: bytes(original), reconstruction: bytes(reconstruction) })),
  };
}

/** The account of the steps before, and this one at its end with its earlier attempts, at the price that is expected. */
function accountOf({ step, tools, startedAt }: ReportedTraining): ReportInput['account'] {
  const finishedAt = tools.now();
  const isOwn = ({ stage }: { stage: string }) => stage === 'combined';
  const { attempts = 0, seconds = 0, cost = 0 } = step.account.entries.find(isOwn) ?? {};
  const { ratePerHour, gpus } = step.account;
  const added = (finishedAt - startedAt) / 1000;
  const own = { stage: 'combined', attempts: attempts + 1, seconds: seconds + added, gpus, cost: cost === null || ratePerHour === null ? null : Math.round((cost + (added / 3600) * ratePerHour) * 1e6) / 1e6 };
  return { ...step.account, workedSeconds: step.account.workedSeconds + added, finishedAt, entries: [...step.account.entries.filter((entry) => !isOwn(entry)), own] };
}

const packageSchema = z.looseObject({ version: z.string(), dependencies: z.record(z.string(), z.string()) });

function versions(): Record<string, string> {
  const { version, dependencies } = packageSchema.parse(createRequire(import.meta.url)('../../package.json'));
  const tfjs = '@tensorflow/tfjs-core';
  return { 'chex-operator': version, node: process.versions.node, [tfjs]: dependencies[tfjs] ?? 'unknown' };
}
