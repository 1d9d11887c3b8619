/** Results of steps as their workers leave them. Loads nothing but names: fake workers start often. */
import type { Observation } from '../src/api/observations.ts';
import { observations } from '../src/api/observations.ts';
import type { Stage } from '../src/api/stages.ts';
import type { AutoencoderResult, CatalogResult, CombinedResult, PreprocessResult, StepResult } from '../src/plan/result.ts';

/** Positives of the study's training films, by label. */
export const studyImages = [9186, 33376, 22381, 52246, 105581, 27000, 3523, 9040, 6039, 10798, 86187, 19448, 116001, 14783];

/** Films by label: every observation has the study's count unless another is given. */
export function aCatalogResult(images: Partial<Record<Observation, number>> = {}): CatalogResult {
  return {
    stage: 'catalog',
    dataDigest: 'd'.repeat(64),
    films: { train: 223_414, valid: 234 },
    patients: { train: 64_540, valid: 200 },
    patientsInBothSplits: 0,
    shards: { train: 3, valid: 1 },
    images: { train: imagesByLabel(images), valid: new Array<number>(14).fill(20) },
    rejected: { count: 0, reasons: [] },
    seconds: 2,
  };
}

export function aPreprocessResult(images: Partial<Record<Observation, number>> = {}): PreprocessResult {
  return {
    stage: 'preprocess',
    films: 223_648,
    rejected: { count: 0, reasons: [] },
    sizeBytes: 7_000_000,
    images: { train: imagesByLabel(images), valid: new Array<number>(14).fill(20) },
    seconds: 60,
  };
}

export function anAutoencoderResult(result: Partial<AutoencoderResult> = {}): AutoencoderResult {
  return {
    stage: 'autoencoders',
    images: 100,
    epochs: 2,
    bestEpoch: 2,
    stoppedEarly: false,
    loss: { train: 0.07, validation: 0.08 },
    meanSquaredError: { train: 0.01, validation: 0.02 },
    seconds: 10,
    imagesPerSecond: 80,
    engine: 'wasm',
    device: 'wasm, 1 thread',
    ...result,
  };
}

export function aCombinedResult(): CombinedResult {
  return {
    stage: 'combined',
    epochs: 20,
    bestEpoch: 18,
    loss: { train: 0.3, validation: 0.35 },
    macro: { auc: 0.86, averagePrecision: 0.5 },
    baseline: { auc: 0.8 },
    parameters: 192_668_214,
    seconds: 30,
    report: 's3://hospital/runs/default/chest/report/report.json',
  };
}

export function aResult(stage: Stage): StepResult {
  switch (stage) {
    case 'catalog':
      return aCatalogResult();
    case 'preprocess':
      return aPreprocessResult();
    case 'autoencoders':
      return anAutoencoderResult();
    case 'combined':
      return aCombinedResult();
  }
}

function imagesByLabel(images: Partial<Record<Observation, number>>): number[] {
  return observations.map((observation, label) => images[observation] ?? studyImages[label] ?? 0);
}
