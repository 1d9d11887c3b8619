/**
 * kube/ is our small Kubernetes runtime. This file is its port: the few verbs the reconciler needs, so that a training
 * runs the same on a cluster, on one machine (local/) and in tests. Types only.
 */
import type { Job, Node, Pod, SeenJob } from '../api/kubernetes.ts';
import type { TrainingStatus } from '../api/status.ts';
import type { ChexTraining } from '../api/training.ts';

export interface TrainingKey {
  readonly namespace: string;
  readonly name: string;
}

export interface JobKey {
  readonly namespace: string;
  readonly name: string;
}

/** The Job that is to be removed: only if it still has this uid. */
export interface JobIdentity extends JobKey {
  readonly uid: string;
}

export interface ClusterEvent {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase word for machines. */
  readonly reason: string;
  readonly message: string;
}

/** Every verb rejects with a sentence that says what could not be done; "not there" and "already there" are no faults. */
export interface Cluster {
  getTraining(key: TrainingKey): Promise<ChexTraining | null>;
  /** Jobs whose controller is the training, and the Pods of those Jobs. */
  children(training: ChexTraining): Promise<{ jobs: readonly SeenJob[]; pods: readonly Pod[] }>;
  /** Pods of the training that were removed within the last minute and had ended, in their last form. */
  removedPods(training: ChexTraining): readonly Pod[];
  /** The Job of this name, whoever owns it, as it is at this moment and not as it was last seen; null when there is none. */
  getJob(key: JobKey): Promise<SeenJob | null>;
  /** Pods of a Job of this name, at this moment too, also where the Job is gone. */
  podsOf(key: JobKey): Promise<readonly Pod[]>;
  /** A node as it was lately, within minutes; null where it is gone, or where nodes may not be read. */
  getNode(name: string): Promise<Node | null>;
  /** What an hour of each node costs by OpenCost, a decimal, by the node's name; empty where it is not asked. */
  openCostPrices(): Promise<ReadonlyMap<string, string>>;
  /** What the cluster complains of about a Job, newest first: quota and Pod Security refusals stand nowhere else. */
  warnings(job: SeenJob): Promise<readonly string[]>;
  /** What the cluster said when it last refused to make a Job of this name; null where it did not. */
  refusalOf(key: JobKey): string | null;
  /** Creates the Job unless one of its name is there, whoever owns that: getJob() tells. */
  createJob(job: Job): Promise<void>;
  /** Stops its Pods, each with time to save, and removes it; resolves at once, the Job is gone when children() says so. */
  removeJob(job: JobIdentity): Promise<void>;
  /** Writes the whole status; rejects when somebody else has written since `training` was read. */
  applyStatus(training: ChexTraining, status: TrainingStatus): Promise<void>;
  /** Body of the Pod's answer to GET /progress; null when there is none in time. */
  readProgress(pod: Pod): Promise<string | null>;
  emit(training: ChexTraining, event: ClusterEvent): Promise<void>;
}
