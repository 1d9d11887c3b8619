import type { Pod } from '../api/kubernetes.ts';
import type { CountedPod, StepRecord } from '../api/status.ts';
import { answerOf, disruptionOf, terminationOf } from './pod-result.ts';

/**
 * Attempts, disruptions and seconds of a step with the Pods that are seen now: each Pod is counted once, its seconds grow
 * until it ends. A Pod that vanished keeps what was counted last. One that answered from done.json is taken out again: it
 * did nothing.
 */
export function countPods(record: StepRecord, pods: readonly Pod[], now: number): Pick<StepRecord, 'attempts' | 'disruptions' | 'seconds' | 'pods'> {
  const counted = new Map(record.pods?.map((pod) => [pod.uid, pod]));
  const present = pods.map((pod) => countedPod(pod, now));
  const sumOf = (measure: (pod: CountedPod | undefined) => number) => present.reduce((sum, pod) => sum + measure(pod) - measure(counted.get(pod.uid)), 0);
  const disruptions = (record.disruptions ?? 0) + sumOf((pod) => (pod?.disrupted === true ? 1 : 0));
  return {
    attempts: record.attempts + sumOf((pod) => (pod === undefined || pod.found ? 0 : 1)),
    ...(disruptions > 0 ? { disruptions } : {}),
    seconds: tenths(record.seconds + sumOf((pod) => pod?.seconds ?? 0)),
    ...(present.length > 0 ? { pods: present } : {}),
  };
}

/** How a Pod is named among those that are counted. */
export function countedUid({ metadata: { uid, name } }: Pod): string {
  return (uid ?? name).slice(0, 13);
}

function countedPod(pod: Pod, now: number): CountedPod {
  const uid = countedUid(pod);
  if (answerOf(pod)?.found) return { uid, seconds: 0, found: true };
  return { uid, seconds: secondsOf(pod, now), ...(disruptionOf(pod) === undefined ? {} : { disrupted: true }) };
}

/** From the moment the kubelet took the Pod (pulling its image takes time and money) to the end of its container. */
function secondsOf(pod: Pod, now: number): number {
  const start = pod.status.startTime;
  if (start === undefined) return 0;
  const finishedAt = terminationOf(pod)?.finishedAt;
  const end = finishedAt === undefined ? now : Date.parse(finishedAt);
  return tenths(Math.max(0, end - Date.parse(start)) / 1000);
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
