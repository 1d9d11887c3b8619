import type { Pod } from '../api/kubernetes.ts';
import type { CountedPod, StepRecord } from '../api/status.ts';
import { terminationOf } from './pod-result.ts';

/**
 * Attempts and seconds of a step with the Pods that are seen now: each Pod is counted once, its seconds grow until it
 * ends. A Pod that vanished keeps what was counted last.
 */
export function countPods(record: StepRecord, pods: readonly Pod[], now: number): Pick<StepRecord, 'attempts' | 'seconds' | 'pods'> {
  const counted = new Map(record.pods?.map((pod) => [pod.uid, pod.seconds]));
  const present: CountedPod[] = pods.map((pod) => ({ uid: pod.metadata.uid ?? pod.metadata.name, seconds: secondsOf(pod, now) }));
  const added = present.reduce((sum, pod) => sum + pod.seconds - (counted.get(pod.uid) ?? 0), 0);
  return {
    attempts: record.attempts + present.filter(({ uid }) => !counted.has(uid)).length,
    seconds: tenths(record.seconds + added),
    ...(present.length > 0 ? { pods: present } : {}),
  };
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
