import { closest, distance } from 'fastest-levenshtein';
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
  const near = closest(word, [...observations, ...observations.map(titleOf), ...others]);
  const hint = distance(word.toLowerCase(), near.toLowerCase()) <= (near.length + 3) / 3 ? `Did you mean ${near}?` : `There ${others.length === 0 ? 'is' : `is ${others.join(', ')},`} ${observations.join(', ')}.`;
  throw new ExitError(exitCodes.usage, `There is no observation "${word}". ${hint}`);
}
