import type { Pod } from '../api/kubernetes.ts';
import type { Progress } from '../api/progress.ts';
import type { CountedPod } from '../api/status.ts';
import type { Money } from './cost/money.ts';
import { answerOf, disruptionOf, terminationOf } from './pod-result.ts';
import { exitCodes } from './exit-error.ts';

/** What a Pod has taken so far. */
export interface MeasuredPod {
  readonly uid: string;
  /** From the moment the kubelet took it (pulling its image takes time and money) to the end of its container. */
  readonly seconds: number;
  /** How many of these a checkpoint or a good end has kept. */
  readonly kept: number;
  /** What an hour of it costs; undefined while unknown. */
  readonly rate: Money | undefined;
  readonly node: string | undefined;
  readonly isEnded: boolean;
  /** It answered from done.json: no attempt, and no work, though its time is paid for. */
  readonly isFound: boolean;
  /** Its node or an eviction ended it. */
  readonly isDisrupted: boolean;
}

export interface Measuring {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What an hour of the Pod costs; undefined while nobody knows. */
  readonly rateOf: (pod: Pod) => Money | undefined;
  /** Answers of running Pods, by Pod uid. */
  readonly answers: ReadonlyMap<string, Progress>;
}

/** `before` is what was counted of it, if it was seen before. */
export function measurePod(pod: Pod, before: CountedPod | undefined, { now, rateOf, answers }: Measuring): MeasuredPod {
  const end = terminationOf(pod);
  const isEnded = end !== undefined || pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
  // One that was ended before its container began never says when.
  const seconds = isEnded && end?.finishedAt === undefined ? (before?.seconds ?? 0) : secondsBetween(pod.status.startTime, end?.finishedAt, now);
  const hasSaved = end?.exitCode === exitCodes.done || end?.exitCode === exitCodes.interrupted;
  const savedAt = answers.get(pod.metadata.uid ?? '')?.savedAt;
  const told = savedAt === undefined ? 0 : secondsBetween(pod.status.startTime, undefined, savedAt);
  return {
    uid: countedUid(pod),
    seconds,
    kept: hasSaved ? seconds : Math.min(seconds, Math.max(before?.kept ?? 0, told)),
    // The price that held when the Pod began, as on a bill.
    rate: before?.rate ?? rateOf(pod),
    node: pod.spec?.nodeName,
    isEnded,
    isFound: answerOf(pod)?.found === true,
    isDisrupted: disruptionOf(pod) !== undefined,
  };
}

/** How a Pod is named among those that are counted. */
export function countedUid({ metadata: { uid, name } }: Pod): string {
  return (uid ?? name).slice(0, 13);
}

/** To the tenth; 0 before the start. */
function secondsBetween(start: string | undefined, end: string | undefined, now: number): number {
  if (start === undefined) return 0;
  return Math.max(0, Math.round(((end === undefined ? now : Date.parse(end)) - Date.parse(start)) / 100) / 10);
}
