import { createHash } from 'node:crypto';
import type { Observation } from '../api/observations.ts';
import type { Stage } from '../api/stages.ts';

/** Names become label values, and the Pods of an Indexed Job add `-<index>` to them. */
const longest = 63;
const roomForIndex = '-511'.length;

/**
 * Name of a Job, the same whenever it is asked for: `<training>-<stage>-<run>-<hash>`, with the observation beside the
 * stage `autoencoders`. A DNS label of at most 59 characters; the training's name is cut, the hash keeps it unique.
 */
export function jobName(training: { name: string; uid: string }, part: { stage: Stage; observation?: Observation; run: number }): string {
  const { stage, observation, run } = part;
  const what = observation === undefined ? stage : `${stage}-${observation.toLowerCase().replaceAll('_', '-')}`;
  const hash = createHash('sha256').update([training.uid, stage, observation ?? '', run].join('/')).digest('hex').slice(0, 8);
  const tail = `${what}-${run}-${hash}`;
  const head = training.name.slice(0, Math.max(0, longest - roomForIndex - tail.length - 1)).replace(/[^a-z0-9]+$/, '');
  return head === '' ? tail : `${head}-${tail}`;
}
