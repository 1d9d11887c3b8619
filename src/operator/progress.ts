import type { Pod } from '../api/kubernetes.ts';
import { parseProgress } from '../api/parse-progress.ts';
import type { Progress } from '../api/progress.ts';
import type { Cluster } from '../kube/cluster.ts';

/** Pods asked at the same time. */
const atOnce = 16;
/** A longer answer is none of ours. */
const longestAnswer = 4096;

/** Asks running Pods how far they are; by Pod uid. Who does not answer is unknown, which is never a fault. */
export async function askProgress(cluster: Cluster, pods: readonly Pod[]): Promise<Map<string, Progress>> {
  const answers = new Map<string, Progress>();
  const running = pods.filter(({ status, metadata }) => status.phase === 'Running' && metadata.deletionTimestamp === undefined);
  for (let first = 0; first < running.length; first += atOnce) {
    await Promise.all(running.slice(first, first + atOnce).map((pod) => ask(cluster, pod, answers)));
  }
  return answers;
}

async function ask(cluster: Cluster, pod: Pod, answers: Map<string, Progress>): Promise<void> {
  const body = await cluster.readProgress(pod).catch(() => null);
  const progress = body === null || body.length > longestAnswer ? null : parseProgress(body);
  if (progress !== null && pod.metadata.uid !== undefined) answers.set(pod.metadata.uid, progress);
}
