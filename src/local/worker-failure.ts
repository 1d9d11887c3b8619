import { decisivePod, terminationOf } from '../plan/pod-result.ts';
import type { LocalJob } from './local-job.ts';
import { titleOfPod } from './worker-warnings.ts';

/** A worker that failed, with all that it said. */
export interface WorkerFailure {
  /** Name of its Pod. */
  readonly pod: string;
  /** Of its step: `Pleural Effusion`. */
  readonly title: string;
  /** Its last words, whole. */
  readonly message: string;
  /** The end of its log. */
  readonly log: string;
}

/** The worker that decided the end of a Job; null where the Job has not failed, or without a worker. */
export async function failureOf({ job, pods }: LocalJob): Promise<WorkerFailure | null> {
  if (!job.status?.conditions?.some(({ type }) => type === 'Failed')) return null;
  const decisive = decisivePod(pods.map(({ pod }) => pod));
  const local = pods.find(({ pod }) => pod === decisive);
  if (local === undefined) return null;
  const { pod, worker } = local;
  return { pod: pod.metadata.name, title: titleOfPod(pod), message: terminationOf(pod)?.message?.trim() ?? '', log: await worker.readLog() };
}
