/** Keys of labels and annotations, and the values that are fixed. */

export const appLabels = {
  name: 'app.kubernetes.io/name',
  instance: 'app.kubernetes.io/instance',
  component: 'app.kubernetes.io/component',
  managedBy: 'app.kubernetes.io/managed-by',
  partOf: 'app.kubernetes.io/part-of',
} as const;

export const chexLabels = {
  training: 'chex.dev/training',
  stage: 'chex.dev/stage',
  observation: 'chex.dev/observation',
} as const;

export const chexAnnotations = {
  /** Identity of what the Job makes. */
  digest: 'chex.dev/digest',
  /** Number of the Job among those of its step. */
  run: 'chex.dev/run',
  /** On a node: its price for an hour, a decimal in the currency of the operator's table of prices. */
  pricePerHour: 'chex.dev/price-per-hour',
} as const;

/** What a cloud says of a node. */
export const nodeLabels = {
  instanceType: 'node.kubernetes.io/instance-type',
  region: 'topology.kubernetes.io/region',
  zone: 'topology.kubernetes.io/zone',
} as const;

/** The LocalQueue of Kueue that admits a Job. */
export const queueNameLabel = 'kueue.x-k8s.io/queue-name';
/** Keeps Karpenter from moving a Pod to save a node. */
export const doNotDisruptAnnotation = 'karpenter.sh/do-not-disrupt';

/** Put by the Job controller on the Pods of an Indexed Job. */
export const completionIndexAnnotation = 'batch.kubernetes.io/job-completion-index';
/** Put by the Job controller on every Pod: the uid of its Job. */
export const controllerUidLabel = 'batch.kubernetes.io/controller-uid';
export const jobNameLabel = 'batch.kubernetes.io/job-name';
