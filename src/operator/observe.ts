import type { Job, Pod } from '../api/kubernetes.ts';
import type { ChexTraining } from '../api/training.ts';
import type { Cluster } from '../kube/cluster.ts';
import type { Observed } from '../plan/decide.ts';
import { recordsIn } from '../plan/records.ts';
import { isFinished } from '../plan/step-state.ts';
import { askProgress } from './progress.ts';

/** An active Job without Pods for so long is refused by something: only its Events say by what. */
const silentSeconds = 5;

/** Everything a decision needs, read once. `now` in milliseconds since 1970. */
export async function observe(cluster: Cluster, training: ChexTraining, now: number): Promise<Observed> {
  const { jobs, pods } = await cluster.children(training);
  const [progress, warnings] = await Promise.all([askProgress(cluster, pods), warningsOf(cluster, silentJobs({ jobs, pods, now }))]);
  return { now, status: training.status ?? null, records: recordsIn(training.status), jobs, pods, progress, warnings };
}

function silentJobs({ jobs, pods, now }: { jobs: readonly Job[]; pods: readonly Pod[]; now: number }): Job[] {
  return jobs.filter((job) => {
    const age = (now - Date.parse(job.metadata.creationTimestamp ?? '')) / 1000;
    return !isFinished(job) && age >= silentSeconds && !pods.some(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === job.metadata.uid));
  });
}

async function warningsOf(cluster: Cluster, jobs: readonly Job[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const job of jobs) {
    const [newest] = await cluster.warnings(job);
    if (newest !== undefined && job.metadata.uid !== undefined) found.set(job.metadata.uid, newest);
  }
  return found;
}
