import { closest } from 'fastest-levenshtein';
import { chexLabels } from '../../api/labels.ts';
import type { Observation } from '../../api/observations.ts';
import { observations, titleOf } from '../../api/observations.ts';
import { exitCodes, ExitError } from '../../plan/exit-error.ts';

const stages = ['catalog', 'preprocess', 'combined'] as const;

/** What is typed for a step (`Edema`, `lung lesion`, `combined`) as the labels of its Pods. Throws ExitError 64 with the nearest word. */
export function labelsOfStep(word: string): Record<string, string> {
  const stage = stages.find((each) => each === word.toLowerCase());
  if (stage !== undefined) return { [chexLabels.stage]: stage };
  return { [chexLabels.stage]: 'autoencoders', [chexLabels.observation]: observationOf(word, stages) };
}

/** `others` are words that would do as well. */
export function observationOf(word: string, others: readonly string[] = []): Observation {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[ _-]/g, '');
  const found = observations.find((each) => plain(each) === plain(word));
  if (found !== undefined) return found;
  throw new ExitError(exitCodes.usage, `There is no observation "${word}". Did you mean ${closest(word, [...observations, ...observations.map(titleOf), ...others])}?`);
}
