import type { Pod } from '../api/kubernetes.ts';
import type { CountedPod, StepRecord } from '../api/status.ts';
import { answerOf, terminationOf } from './pod-result.ts';

/**
 * Attempts and seconds of a step with the Pods that are seen now: each Pod is counted once, its seconds grow until it
 * ends. A Pod that vanished keeps what was counted last. One that answered from done.json is taken out again: it did
 * nothing.
 */
export function countPods(record: StepRecord, pods: readonly Pod[], now: number): Pick<StepRecord, 'attempts' | 'seconds' | 'pods'> {
  const counted = new Map(record.pods?.map((pod) => [pod.uid, pod]));
  const present = pods.map((pod) => countedPod(pod, now));
  const sumOf = (measure: (pod: CountedPod | undefined) => number) => present.reduce((sum, pod) => sum + measure(pod) - measure(counted.get(pod.uid)), 0);
  return {
    attempts: record.attempts + sumOf((pod) => (pod === undefined || pod.found ? 0 : 1)),
    seconds: tenths(record.seconds + sumOf((pod) => pod?.seconds ?? 0)),
    ...(present.length > 0 ? { pods: present } : {}),
  };
}

function countedPod(pod: Pod, now: number): CountedPod {
  const uid = pod.metadata.uid ?? pod.metadata.name;
  return answerOf(pod)?.found ? { uid, seconds: 0, found: true } : { uid, seconds: secondsOf(pod, now) };
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
