import { titleOf } from '../api/observations.ts';
import { appLabels, chexAnnotations, chexLabels, queueNameLabel } from '../api/labels.ts';
import type { Job, JobSpec, PodFailureRule } from '../api/kubernetes.ts';
import type { TrainingSpec } from '../api/schema.ts';
import { apiVersion, kind } from '../api/schema.ts';
import type { ChexTraining } from '../api/training.ts';
import { jobName } from './names.ts';
import type { Settings } from './plan.ts';
import { podTemplateOf } from './pod.ts';
import { shardsAtOnce } from './schedule.ts';
import type { Step } from './step.ts';
import { finalExitCodes } from './exit-error.ts';

/** A Step as the Job that does it, complete but for what the API server fills in. */
export function renderJob(step: Step, training: ChexTraining, settings: Settings): Job {
  const { metadata, spec } = training;
  const observation = step.stage === 'autoencoders' ? step.observation : undefined;
  const labels = {
    [appLabels.name]: 'chex-worker',
    [appLabels.instance]: metadata.name,
    [appLabels.component]: step.stage,
    [appLabels.managedBy]: 'chex-operator',
    [appLabels.partOf]: 'chex-operator',
    [chexLabels.training]: metadata.name,
    [chexLabels.stage]: step.stage,
    ...(observation === undefined ? {} : { [chexLabels.observation]: observation }),
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(metadata, { stage: step.stage, run: step.run, ...(observation === undefined ? {} : { observation }) }),
      namespace: metadata.namespace,
      // `suspend` is left to Kueue: it sets it, and takes it back when it admits the Job.
      labels: spec.queueName === undefined ? labels : { ...labels, [queueNameLabel]: spec.queueName },
      annotations: { [chexAnnotations.digest]: step.digest, [chexAnnotations.run]: String(step.run) },
      ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true }],
    },
    spec: {
      ...shapeOf(step, spec, settings),
      podReplacementPolicy: 'Failed',
      podFailurePolicy: { rules: failureRules },
      template: podTemplateOf(step, { spec, settings, labels }),
    },
  };
}

/** What people call a step: `the catalog`, `the autoencoder of Lung Lesion`. */
export function stepTitle(step: Pick<Step, 'stage'> & { readonly observation?: Parameters<typeof titleOf>[0] }): string {
  if (step.stage === 'autoencoders') return step.observation === undefined ? 'the autoencoders' : `the autoencoder of ${titleOf(step.observation)}`;
  return step.stage === 'combined' ? 'the combined model' : step.stage === 'preprocess' ? 'preprocessing' : 'the catalog';
}

function shapeOf(step: Step, spec: TrainingSpec, settings: Settings): Pick<JobSpec, 'completionMode' | 'completions' | 'parallelism' | 'backoffLimit' | 'backoffLimitPerIndex' | 'maxFailedIndexes'> {
  if (step.stage !== 'preprocess') return { completionMode: 'NonIndexed', completions: 1, parallelism: 1, backoffLimit: 3 };
  const completions = step.shards.train + step.shards.valid;
  const parallelism = shardsAtOnce(spec, settings, completions);
  // A shard that cannot be made ends the Job: the others would be made for nothing.
  return { completionMode: 'Indexed', completions, parallelism, backoffLimitPerIndex: 3, maxFailedIndexes: 0 };
}

/** In this order: a Pod that a disruption ends with a final exit code is still a disrupted one. Any other failure counts. */
const failureRules: readonly PodFailureRule[] = [
  { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  { action: 'FailJob', onExitCodes: { operator: 'In', values: finalExitCodes } },
];
