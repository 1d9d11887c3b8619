import type { ContainerStatus, JobCondition, Pod } from '../api/kubernetes.ts';
import type { Failure } from './plan.ts';
import type { Answer, StepResult } from './result.ts';
import { parseAnswer } from './result.ts';
import { exitCodes, finalExitCodes } from './exit-error.ts';

export type FoundResult =
  | { readonly kind: 'result'; readonly result: StepResult; readonly found: boolean }
  /** The Pods that had it are gone. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'unreadable'; readonly message: string };

/**
 * The result of a finished Job, from the termination messages of its Pods. Of an Indexed Job only the Pod that
 * finished last has one; the others say `null`.
 */
export function resultIn(pods: readonly Pod[]): FoundResult {
  const answers = pods.flatMap((pod) => answerOf(pod) ?? []);
  const result = answers.find((answer) => answer.result !== null)?.result;
  if (result) return { kind: 'result', result, found: answers.every(({ found }) => found) };
  const word = pods.map(lastWords).find((text) => text !== '' && text !== 'null');
  if (word === undefined) return { kind: 'lost' };
  return { kind: 'unreadable', message: `The worker ended without a result that can be read: ${word.slice(0, 120)}` };
}

/** What the worker of a Pod answered; null while it runs, when it failed, and where its words are no answer. */
export function answerOf(pod: Pod): Answer | null {
  return parseAnswer(lastWords(pod));
}

/** Of a Pod whose worker did its work, else empty. */
function lastWords(pod: Pod): string {
  const end = terminationOf(pod);
  return end?.exitCode === exitCodes.done ? (end.message?.trim() ?? '') : '';
}

/** Why a Job failed: the last words of the Pod that decided it, else what the Job says. */
export function failureOf(condition: JobCondition, pods: readonly Pod[]): Failure {
  const pod = decisivePod(pods);
  const end = pod && terminationOf(pod);
  if (end === undefined) return { message: shorten(condition.message ?? condition.reason ?? 'The Job failed') };
  const memory = end.reason === 'OOMKilled' ? 'killed for want of memory; raise resources.memory' : end.reason;
  const words = end.message?.trim() || memory || `The worker ended with exit code ${end.exitCode} and no last words`;
  return { message: shorten(words), exitCode: end.exitCode };
}

/** Of the Pods that failed, the last that may not be retried, else the last; those only stopped with it do not count. */
export function decisivePod(pods: readonly Pod[]): Pod | undefined {
  const codeOf = (pod: Pod) => terminationOf(pod)?.exitCode ?? exitCodes.done;
  const rank = (pod: Pod) => (finalExitCodes.includes(codeOf(pod)) ? 2 : codeOf(pod) === exitCodes.interrupted ? 0 : 1);
  const endedAt = (pod: Pod) => terminationOf(pod)?.finishedAt ?? '';
  const failed = pods.filter((pod) => codeOf(pod) !== exitCodes.done);
  return failed.toSorted((left, right) => rank(left) - rank(right) || endedAt(left).localeCompare(endedAt(right))).at(-1);
}

/** Of a message in a status. */
export const mostCharacters = 256;

/** Cuts a text at a word, and shows that it is cut. */
export function shorten(text: string, most = mostCharacters): string {
  if (text.length <= most) return text;
  const lastSpace = text.slice(0, most).lastIndexOf(' ');
  // A word that fills half the room is cut rather than left out.
  const end = lastSpace > most / 2 ? lastSpace : Math.max(0, most - 1);
  return `${text.slice(0, end).replace(/[\s,;:(]+$/, '')}…`;
}

type Termination = NonNullable<ContainerStatus['state']>['terminated'];

export function terminationOf(pod: Pod): Termination {
  return pod.status.containerStatuses?.map(({ state }) => state?.terminated).find((end) => end !== undefined);
}

/** Why its node or an eviction ended a Pod, as a word of the cluster; undefined of one that ended by itself, or still runs. */
export function disruptionOf({ status: { phase, conditions } }: Pod): string | undefined {
  if (phase !== 'Failed') return undefined;
  const target = conditions?.find(({ type, status }) => type === 'DisruptionTarget' && status === 'True');
  return target && (target.reason ?? 'DisruptionTarget');
}
