import type { TrainingStatus } from '../api/status.ts';
import type { TrainingKey } from '../kube/cluster.ts';
import type { ReconcileOptions, Reconciled } from '../operator/reconcile.ts';
import { reconcile } from '../operator/reconcile.ts';
import type { LocalCluster } from './local-cluster.ts';

export interface RunTrainingOptions extends ReconcileOptions {
  readonly cluster: LocalCluster;
  readonly key: TrainingKey;
  /** Aborted to save and stop. */
  readonly stop: AbortSignal;
  /** Aborted to stop at once. */
  readonly kill: AbortSignal;
  readonly onStatus: (status: TrainingStatus) => void;
}

/** How often the workers are asked how far they are. */
const passSeconds = 1;

/** Reconciles until the training is over, or stopped with nothing left running; the last status computed. */
export async function runTraining({ cluster, key, stop, kill, onStatus, ...options }: RunTrainingOptions): Promise<TrainingStatus> {
  stop.addEventListener('abort', () => cluster.suspend(), { once: true });
  kill.addEventListener('abort', () => cluster.kill(), { once: true });
  if (stop.aborted) cluster.suspend();
  for (;;) {
    const pass = await reconcile(key, { cluster, ...options });
    if (pass === null) throw new Error(`Cannot run ${key.namespace}/${key.name}: it is not there`);
    onStatus(pass.decision.status);
    if (isEnded(pass)) return pass.decision.status;
    await cluster.change(Math.min(passSeconds, pass.decision.requeueAfterSeconds ?? passSeconds));
  }
}

function isEnded({ decision: { status, isOver } }: Reconciled): boolean {
  if (isOver) return true;
  const isSuspended = status.conditions.some((condition) => condition.type === 'Suspended' && condition.status === 'True');
  return isSuspended && [...status.stages, ...status.observations].every(({ state }) => state !== 'active' && state !== 'stopping');
}
