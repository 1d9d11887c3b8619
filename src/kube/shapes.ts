/** What is kept of the objects that are followed: with thousands of them, what nobody here reads would be most of the memory. */
import type { ObjectMeta, Pod, SeenJob } from '../api/kubernetes.ts';
import type { Shape } from './project.ts';
import type { TrainingObject } from './training-object.ts';

const metadata: Shape<ObjectMeta> = {
  name: true,
  namespace: true,
  uid: true,
  resourceVersion: true,
  labels: true,
  annotations: true,
  ownerReferences: true,
  creationTimestamp: true,
  deletionTimestamp: true,
};

/** Without its annotations, in which kubectl keeps the whole resource once more. */
export const trainingShape: Shape<TrainingObject> = {
  apiVersion: true,
  kind: true,
  metadata: { namespace: true, name: true, uid: true, generation: true, resourceVersion: true, deletionTimestamp: true },
  spec: true,
  status: true,
};

export const jobShape: Shape<SeenJob> = {
  apiVersion: true,
  kind: true,
  metadata,
  spec: { completionMode: true, completions: true, parallelism: true, suspend: true },
  status: {
    conditions: { type: true, status: true, reason: true, message: true, lastTransitionTime: true },
    startTime: true,
    completionTime: true,
    active: true,
    succeeded: true,
    failed: true,
    completedIndexes: true,
    failedIndexes: true,
  },
};

export const podShape: Shape<Pod> = {
  metadata,
  spec: { nodeName: true, containers: { resources: { requests: true, limits: true } } },
  status: {
    phase: true,
    startTime: true,
    podIP: true,
    conditions: { type: true, status: true, reason: true, message: true },
    containerStatuses: {
      name: true,
      state: {
        waiting: { reason: true, message: true },
        running: { startedAt: true },
        terminated: { exitCode: true, reason: true, message: true, startedAt: true, finishedAt: true },
      },
    },
  },
};
