import type { Pod } from '../api/kubernetes.ts';
import { chexLabels } from '../api/labels.ts';
import { observations, titleOf } from '../api/observations.ts';
import { capitalised } from '../plan/verdict.ts';

/** What a worker's log says that people should see (`warning: true`). */
export function warningsIn(log: string): string[] {
  return log.split('\n').flatMap((line) => warningOf(line) ?? []);
}

/** `Pleural Effusion` for the worker of an autoencoder, else its stage: `Preprocess`. */
export function titleOfPod({ metadata: { labels = {} } }: Pod): string {
  const observation = observations.find((known) => known === labels[chexLabels.observation]);
  return observation === undefined ? capitalised(labels[chexLabels.stage] ?? 'worker') : titleOf(observation);
}

function warningOf(line: string): string | null {
  if (!line.startsWith('{')) return null;
  try {
    const { warning, message }: Record<string, unknown> = JSON.parse(line);
    return warning === true && typeof message === 'string' ? message : null;
  } catch {
    return null;
  }
}
