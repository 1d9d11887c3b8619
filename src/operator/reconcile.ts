/**
 * operator/ touches the cluster and decides nothing: it reads, asks plan/ what to do, and does it. Every pass starts
 * from what is there, so a pass that is lost or repeated does no harm.
 */
import type { ChexTraining } from '../api/training.ts';
import type { Cluster, TrainingKey } from '../kube/cluster.ts';
import type { Decision } from '../plan/decide.ts';
import { decide } from '../plan/decide.ts';
import type { Plan, Settings } from '../plan/plan.ts';
import { planTraining } from '../plan/plan.ts';
import { recordedOutcomes } from '../plan/records.ts';
import { apply } from './apply.ts';
import { observe } from './observe.ts';

export interface ReconcileOptions {
  readonly cluster: Cluster;
  readonly settings: Settings;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What a pass did; null when the training is gone or being deleted. */
export interface Reconciled {
  readonly training: ChexTraining;
  readonly plan: Plan;
  readonly decision: Decision;
}

/** One pass over one training: get, plan, observe, decide, apply. Rejects when the cluster does; the caller tries again. */
export async function reconcile(key: TrainingKey, { cluster, settings, now }: ReconcileOptions): Promise<Reconciled | null> {
  const training = await cluster.getTraining(key);
  if (training === null || training.metadata.deletionTimestamp !== undefined) return null;
  const plan = planTraining({ training, settings, results: recordedOutcomes(training.status) });
  const observed = await observe(cluster, training, now());
  const decision = decide(plan, observed);
  await apply(cluster, training, decision);
  return { training, plan, decision };
}
