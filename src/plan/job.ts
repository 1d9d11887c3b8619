import { titleOf } from '../api/observations.ts';
import { appLabels, chexAnnotations, chexLabels } from '../api/labels.ts';
import type { Container, Job, JobSpec, PodFailureRule, PodSpec } from '../api/kubernetes.ts';
import type { TrainingSpec } from '../api/schema.ts';
import { apiVersion, kind } from '../api/schema.ts';
import type { ChexTraining } from '../api/training.ts';
import { jobName } from './names.ts';
import { overrideOf } from './override-of.ts';
import type { Settings } from './plan.ts';
import { shardsAtOnce } from './schedule.ts';
import type { Step } from './step.ts';
import { finalExitCodes } from './step.ts';

/** The worker's only container; its termination message is the step's result. */
export const containerName = 'worker';

/** Enough to stop at a batch and save; below the two minutes of notice that spot nodes give. */
const terminationGracePeriodSeconds = 110;

/** A Step as the Job that does it, complete but for what the API server fills in. */
export function renderJob(step: Step, training: ChexTraining, settings: Settings): Job {
  const { metadata } = training;
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
      labels,
      annotations: { [chexAnnotations.digest]: step.digest, [chexAnnotations.run]: String(step.run) },
      ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true }],
    },
    spec: {
      ...shapeOf(step, training.spec, settings),
      podReplacementPolicy: 'Failed',
      podFailurePolicy: { rules: failureRules },
      template: { metadata: { labels }, spec: podOf(step, training.spec, settings) },
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

function podOf(step: Step, spec: TrainingSpec, settings: Settings): PodSpec {
  const { nodeSelector, tolerations, priorityClassName, runtimeClassName } = schedulingOf(step, spec);
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds,
    containers: [workerOf(step, spec, settings)],
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(tolerations === undefined ? {} : { tolerations }),
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
  };
}

function workerOf(step: Step, spec: TrainingSpec, settings: Settings): Container {
  const { cpu, memory, gpu } = resourcesOf(step, spec);
  return {
    name: containerName,
    image: settings.workerImage,
    args: ['step'],
    env: [{ name: 'CHEX_STEP', value: JSON.stringify(step) }],
    resources: { requests: { cpu, memory }, limits: { memory, ...(gpu > 0 ? { 'nvidia.com/gpu': String(gpu) } : {}) } },
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}

/** Reading a table asks little of a machine, whatever the films ask later. */
const catalogResources = { cpu: '1', memory: '1Gi', gpu: 0 };

function resourcesOf(step: Step, spec: TrainingSpec): { cpu: string; memory: string; gpu: number } {
  if (step.stage === 'catalog') return catalogResources;
  const { cpu, memory, gpu } = spec[step.stage].resources;
  const own = step.stage === 'autoencoders' ? overrideOf(spec, step.observation)?.resources : undefined;
  return { cpu: own?.cpu ?? cpu, memory: own?.memory ?? memory, gpu: own?.gpu ?? gpu };
}

function schedulingOf(step: Step, spec: TrainingSpec): TrainingSpec['autoencoders']['scheduling'] {
  if (step.stage === 'combined') return spec.combined.scheduling;
  if (step.stage !== 'autoencoders') return {};
  return overrideOf(spec, step.observation)?.scheduling ?? spec.autoencoders.scheduling;
}
