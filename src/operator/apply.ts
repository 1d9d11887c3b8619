import type { ChexTraining } from '../api/training.ts';
import type { Cluster } from '../kube/cluster.ts';
import type { Decision } from '../plan/decide.ts';

/**
 * Does what was decided: the status first, so that a run is recorded before its Job exists and a result before its Job
 * may go; then removes, then creates. Rejects at the first fault; the next pass decides anew.
 */
export async function apply(cluster: Cluster, training: ChexTraining, decision: Decision): Promise<void> {
  if (decision.writeStatus) await cluster.applyStatus(training, decision.status);
  // Told as soon as they are recorded: the next pass finds nothing new in them, whatever becomes of the Jobs below.
  for (const event of decision.events) await cluster.emit(training, event);
  for (const { metadata } of decision.remove) {
    if (metadata.uid !== undefined) await cluster.removeJob({ namespace: metadata.namespace, name: metadata.name, uid: metadata.uid });
  }
  for (const job of decision.create) await cluster.createJob(job);
}
