import type { Pod } from '../api/kubernetes.ts';
import type { Attempt } from '../api/status.ts';
import { disruptionOf, shorten, terminationOf } from './pod-result.ts';
import { exitCodes } from './exit-error.ts';

const most = 5;
const longestMessage = 100;

/** The last attempts with the Pods that are seen now, the newest last; one that vanished stays as it was last seen. */
export function lastAttempts(before: readonly Attempt[] = [], pods: readonly Pod[]): readonly Attempt[] {
  const present = pods.map(attemptOf);
  // One that vanished before a node took it was none; one that no node took yet is the newest.
  const gone = before.filter(({ pod, start }) => start !== undefined && !present.some((attempt) => attempt.pod === pod));
  const startOf = ({ start }: Attempt) => start ?? '9';
  return [...gone, ...present].sort((left, right) => (startOf(left) < startOf(right) ? -1 : startOf(left) > startOf(right) ? 1 : 0)).slice(-most);
}

/** Why the newest attempt that is over has failed, as the end of a sentence; null where none has. */
export function lastFailure({ lastAttempts: attempts = [] }: { readonly lastAttempts?: readonly Attempt[] }): string | null {
  const ended = attempts.findLast(({ exitCode }) => exitCode !== undefined);
  if (ended?.exitCode === undefined || ended.exitCode === exitCodes.done || ended.exitCode === exitCodes.interrupted) return null;
  return ended.message ?? ended.reason ?? `exit code ${ended.exitCode}`;
}

function attemptOf(pod: Pod): Attempt {
  const end = terminationOf(pod);
  const reason = disruptionOf(pod) ?? (end?.reason === 'Completed' || end?.reason === 'Error' ? undefined : end?.reason);
  const words = end === undefined || end.exitCode === exitCodes.done ? '' : (end.message?.trim() ?? '');
  return {
    pod: pod.metadata.name,
    ...(pod.status.startTime === undefined ? {} : { start: pod.status.startTime }),
    ...(end?.finishedAt === undefined ? {} : { end: end.finishedAt }),
    ...(end === undefined ? {} : { exitCode: end.exitCode }),
    ...(reason === undefined ? {} : { reason }),
    ...(words === '' ? {} : { message: shorten(words, longestMessage) }),
  };
}
