/** Reconciles a training on a FakeCluster as its operator would, with the clock jumping from event to event. */
import type { Observation } from '../../src/api/observations.ts';
import type { TrainingSpec } from '../../src/api/schema.ts';
import type { Condition, ConditionType, ObservationStatus, TrainingStatus } from '../../src/api/status.ts';
import type { Reconciled } from '../../src/operator/reconcile.ts';
import { reconcile } from '../../src/operator/reconcile.ts';
import type { Settings } from '../../src/plan/plan.ts';
import { someSettings } from '../builders.ts';
import type { FakeCluster } from './fake-cluster.ts';
import { Crash } from './fake-cluster.ts';

export interface DriveOptions {
  readonly settings?: Settings;
  /** Called after every pass; the drive ends when it says true. */
  readonly until?: (status: TrainingStatus) => boolean;
  readonly mostPasses?: number;
  /** Looks at least so often; default as the decision asks. */
  readonly passSeconds?: number;
}

/** The status when the training is over, or `until` said so. Throws when it takes too many passes. */
export async function drive(cluster: FakeCluster, { settings = someSettings(), until = () => false, mostPasses = 2000, passSeconds = Infinity }: DriveOptions = {}): Promise<TrainingStatus> {
  for (let passes = 0; passes < mostPasses; passes += 1) {
    const reconciled = await pass(cluster, settings).catch(diedAtWrite);
    // The operator is started again, and knows nothing but what is written.
    if (reconciled === null) continue;
    const { decision } = reconciled;
    if (until(decision.status) || decision.isOver) return decision.status;
    cluster.advance(Math.min(passSeconds, decision.requeueAfterSeconds ?? passSeconds));
  }
  throw new Error(`The training is not over after ${mostPasses} passes: ${cluster.training.status?.message}`);
}

function diedAtWrite(error: unknown): null {
  if (error instanceof Crash) return null;
  throw error;
}

export async function pass(cluster: FakeCluster, settings: Settings = someSettings()): Promise<Reconciled> {
  const reconciled = await reconcile(cluster.training.metadata, { cluster, settings, now: () => cluster.now });
  if (reconciled === null) throw new Error('The training is gone');
  return reconciled;
}

/** Edits the spec as a user does. */
export function change(cluster: FakeCluster, spec: Partial<TrainingSpec>): void {
  const { training } = cluster;
  cluster.training = { ...training, metadata: { ...training.metadata, generation: training.metadata.generation + 1 }, spec: { ...training.spec, ...spec } };
}

export function conditionOf(status: TrainingStatus | undefined, type: ConditionType): Condition | undefined {
  return status?.conditions.find((condition) => condition.type === type);
}

export function observationOf(status: TrainingStatus | undefined, observation: Observation): ObservationStatus {
  const found = status?.observations.find((entry) => entry.observation === observation);
  if (found === undefined) throw new Error(`There is no ${observation}`);
  return found;
}

export function stateOf(status: TrainingStatus | undefined, name: string): string | undefined {
  return [...(status?.observations ?? []).map((entry) => ({ name: entry.observation as string, state: entry.state })), ...(status?.stages ?? []).map((entry) => ({ name: entry.stage as string, state: entry.state }))].find((entry) => entry.name === name)?.state;
}

export function isTrue(status: TrainingStatus | undefined, type: string): boolean {
  return status?.conditions.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}
