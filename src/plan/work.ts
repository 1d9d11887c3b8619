/**
 * How much a step has to compute, in GFLOP: a measured or assumed speed turns it into time. Rough on purpose (memory
 * traffic is left out); on one CPU core the autoencoders and the combined model keep to it within a fifth.
 */
import type { Observation } from '../api/observations.ts';
import type { TrainingSpec } from '../api/schema.ts';
import { overrideOf } from './override-of.ts';
import type { CatalogResult } from './result.ts';
import { variantsInEpoch } from './step.ts';

/** Training step of the study's autoencoder for one film of 299 x 299 at width 1 (4.33 GFLOP in the study's table). */
export const studyFilmWork = 4.33;
/** What most autoencoders of the study reached on their GPU, at 299 x 299 and width 1, flips counted. */
export const studyImagesPerSecond = 470;
/** GFLOP a second of one worker, as long as none has told its own: on the study's GPU, and on a CPU core by either engine. */
export const assumedSpeeds = { gpu: studyImagesPerSecond * studyFilmWork, core: 20 };
/** Forward pass alone: a third of forward and backward. */
const forwardShare = 1 / 3;
/** Forward pass of Inception-ResNet-v2 over one film of 299 x 299, done once; `Small` is trained in every epoch. */
const backboneForward = { InceptionResNetV2: 26, Small: 0, None: 0 };
const backboneTraining = { InceptionResNetV2: 0, Small: 0.42, None: 0 };
/** First dense layer of the head over the differences of one autoencoder: 268,203 x 50 weights, 6 FLOP each. */
const headForSource = 0.08;

/** All epochs of one autoencoder over `images` source films. */
export function autoencoderWork(spec: TrainingSpec, observation: Observation, images: number): number {
  return images * variantsInEpoch(spec.preprocess.augment) * epochsOf(spec, observation) * autoencoderFilmWork(spec);
}

/** GFLOP of one film (flips count) in the training of an autoencoder. */
export function autoencoderFilmWork(spec: TrainingSpec): number {
  const { width } = spec.autoencoders;
  // The layers at both ends grow with the width, those between with its square.
  return studyFilmWork * pixelShare(spec) * ((width + width * width) / 2);
}

/** Differences and frozen features once, the head and the baseline in every epoch. */
export function combinedWork(spec: TrainingSpec, films: CatalogResult['films'], sources: number): number {
  const { backbone, epochs } = spec.combined;
  const seen = films.train * variantsInEpoch(spec.preprocess.augment) + films.valid;
  const once = sources * autoencoderFilmWork(spec) * forwardShare + backboneForward[backbone] * pixelShare(spec);
  const baselines = backbone === 'None' ? 1 : 2;
  const everyEpoch = (sources * headForSource + baselines * backboneTraining[backbone]) * pixelShare(spec);
  return seen * (once + epochs * everyEpoch);
}

export function epochsOf(spec: TrainingSpec, observation: Observation): number {
  return overrideOf(spec, observation)?.epochs ?? spec.autoencoders.epochs;
}

function pixelShare({ preprocess }: TrainingSpec): number {
  return (preprocess.size / 299) ** 2;
}
