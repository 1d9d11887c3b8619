import type { TrainingStatus } from '../api/status.ts';
import type { ApiCluster } from '../kube/client.ts';
import type { InvalidTraining } from '../kube/training-object.ts';
import { isEqual } from '../plan/is-equal.ts';
import { refusedStatus } from '../plan/refused-status.ts';

/**
 * Says of a training that cannot be understood why, by its status and an event, both once; what it has started before is
 * left alone. `now` in milliseconds since 1970. Rejects as applyStatus() does.
 */
export async function refuse(cluster: ApiCluster, { training, message }: InvalidTraining, now: number): Promise<{ status: TrainingStatus; isNew: boolean }> {
  const status = refusedStatus(training, { message, now });
  const isNew = training.metadata.deletionTimestamp === undefined && !isEqual(training.status, status);
  if (isNew) {
    await cluster.applyStatus(training, status);
    cluster.complain(training.metadata, { type: 'Warning', reason: 'Invalid', message });
  }
  return { status, isNew };
}
