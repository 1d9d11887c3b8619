import { titleOf } from '../api/observations.ts';
import { formatDifference, formatNumberOf, formatShare } from './format.ts';
import type { Preprocessing } from './report-input.ts';
import type { Report } from './report-schema.ts';

/** Macro AUC in words. */
export function sentenceOfAuc({ macro, data, intervals }: Report): string {
  if (data.films.valid === 0) return 'There was no validation film, so nothing can be said of how good the model is.';
  const films = `${formatNumberOf(data.films.valid, 'validation film')} of ${formatNumberOf(intervals.patients, 'patient')}`;
  if (macro.auc === null) return `No observation has both labels among the ${films}, so no AUC exists.`;
  const interval = macro.aucLow === null ? '' : ` (95 % interval ${formatShare(macro.aucLow)} to ${formatShare(macro.aucHigh)})`;
  return `Macro ROC AUC ${formatShare(macro.auc)}${interval} over ${formatNumberOf(macro.observations, 'observation')}, on ${films}.`;
}

/** What the autoencoders add, in words that the interval bears. */
export function sentenceOfGain({ baseline, combined }: Report): string {
  if (baseline === null) return `What the autoencoders add is not known: with backbone ${combined.backbone} there is no model without them to compare with.`;
  const { difference, differenceLow: low, differenceHigh: high, auc } = baseline.macro;
  if (difference === null || low === null || high === null) return 'What the autoencoders add is not known: no observation has both labels.';
  const without = `the same model without them, which reaches ${formatShare(auc)}`;
  if (low > 0 || high < 0) {
    const [least, most] = low > 0 ? [low, high] : [-high, -low];
    const change = `${Math.abs(difference).toFixed(3)} (${least.toFixed(3)} to ${most.toFixed(3)})`;
    return `The autoencoders ${low > 0 ? 'raise' : 'lower'} macro AUC by ${change} against ${without}.`;
  }
  const change = `${formatDifference(difference)} (${formatDifference(low)} to ${formatDifference(high)})`;
  return `Whether the autoencoders help is not shown: macro AUC changes by ${change} against ${without}; the interval contains 0.`;
}

/** How far the splits are apart, or null where that is not known or nothing was validated. */
export function wordsOfShared({ data: { films, patientsInBothSplits: shared } }: Report): string | null {
  if (shared === null || films.valid === 0) return null;
  return shared === 0 ? 'no patient in both' : `${formatNumberOf(shared, 'patient')} in both, which flatters the figures`;
}

/** Where the price came from, or why there is none. */
export function sentenceOfPrice({ cost }: Report): string {
  if (cost.spent === null) return cost.priceSource === null ? 'no price is known for this machine' : `a part of the work has no price (${cost.priceSource})`;
  return [cost.priceSource, cost.priceDate].filter((part) => part !== null).join(', ');
}

/** What the combined model is made of. */
export function describeModel({ backbone, backbonePretrained, sources, architecture, head }: Report['combined']): string {
  const features = {
    InceptionResNetV2: backbonePretrained === false ? 'the features of a frozen Inception-ResNet-v2 with random weights, as was asked for' : 'the features of a frozen Inception-ResNet-v2',
    Small: 'the features of a small convolutional network that is trained with it',
    None: null,
  }[backbone];
  const differences = sources.length === 0 ? null : `the differences between a film and what ${formatNumberOf(sources.length, 'autoencoder')} ${sources.length === 1 ? 'makes' : 'make'} of it (${sources.map(titleOf).join(', ')})`;
  const reads = [features, differences].filter((part) => part !== null).join(' and ') || 'nothing';
  const softmax = head === 'Softmax' ? " Its scores are the study's softmax: those of one film sum to 1 and are no probabilities of single findings." : '';
  return `The head (architecture ${architecture}, ${head.toLowerCase()}) reads ${reads}.${softmax}`;
}

/** One sentence on how films became pixels. */
export function describePreprocessing({ size, clahe, augment, encoding, quality }: Preprocessing): string {
  const contrast = clahe === null ? 'no contrast equalisation' : `CLAHE (clip limit ${clahe.clipLimit}, ${clahe.tiles} × ${clahe.tiles} tiles)`;
  const flips = { OnRead: 'three flips made while reading', Materialise: 'three flips stored as records', None: 'no flips' }[augment];
  return `grey, ${size} × ${size} pixels, ${contrast}, ${encoding === 'Jpeg' ? `JPEG quality ${quality}` : 'PNG'}, ${flips}`;
}
