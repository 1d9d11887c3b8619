import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { CostStatus, StepRecord, TrainingStatus } from '../api/status.ts';
import { stages } from '../api/stages.ts';
import type { ChexTraining } from '../api/training.ts';

/** A training with its status as last computed. */
export interface TrainingState {
  /** Without its spec where that is not understood. */
  readonly training: Pick<ChexTraining, 'metadata'> & Partial<Pick<ChexTraining, 'spec'>>;
  readonly status: TrainingStatus;
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Series {
  /** Without the prefix. */
  readonly name: string;
  readonly help: string;
  /** Beside `namespace` and `name`. */
  readonly labels: readonly string[];
  /** What is unknown has no sample. */
  readonly samples: (state: TrainingState) => readonly Sample[];
}

const step = ['stage', 'observation'] as const;

const series: readonly Series[] = [
  { name: 'info', help: 'What trains; always 1.', labels: ['dataset', 'worker_image', 'operator_version'], samples: info },
  { name: 'progress_ratio', help: 'How far the training is, 0 to 1.', labels: [], samples: ({ status }) => one({}, status.progress) },
  { name: 'stage_progress_ratio', help: 'How far a stage is, 0 to 1.', labels: ['stage'], samples: ({ status }) => status.stages.flatMap(({ stage, progress }) => one({ stage }, progress)) },
  { name: 'step_progress_ratio', help: 'How far a step is, 0 to 1.', labels: step, samples: ofSteps(({ progress }) => progress) },
  { name: 'epoch', help: 'Epochs that a step has finished.', labels: step, samples: ofSteps(({ epoch }) => epoch) },
  { name: 'loss', help: 'Loss of the last epoch.', labels: [...step, 'split'], samples: losses },
  { name: 'images_per_second', help: 'Films that a step trains on a second, flips counted.', labels: step, samples: ofSteps(({ state, imagesPerSecond }) => (state === 'active' || state === 'succeeded' ? imagesPerSecond : undefined)) },
  { name: 'input_wait_ratio', help: 'Of the time of the training steps of a step, what was spent on waiting for films; 0 to 1, over the last half minute.', labels: step, samples: ofSteps(({ state, inputWaitRatio }) => (state === 'active' ? inputWaitRatio : undefined)) },
  { name: 'step_state', help: 'What a step does or waits for; 1 at the state that holds.', labels: [...step, 'state'], samples: states },
  { name: 'step_attempts', help: 'Pods that a step has started.', labels: step, samples: ofSteps(({ attempts }) => attempts) },
  { name: 'step_disruptions', help: 'Pods of a step that their node or an eviction ended.', labels: step, samples: ofSteps(({ disruptions }) => disruptions ?? 0) },
  { name: 'step_waiting', help: '1 while a step has its Job and no node works on it: it waits for its queue, for room or for its image.', labels: step, samples: ofSteps(isWaiting) },
  { name: 'gpu_seconds_total', help: 'Seconds of GPUs that the Pods of a step have held.', labels: step, samples: gpuSeconds },
  { name: 'estimated_completion_timestamp_seconds', help: 'When the training is expected to end.', labels: [], samples: ({ status }) => one({}, seconds(status.estimatedCompletionTime)) },
  { name: 'cost_spent', help: 'What the Pods of the training have cost, as far as it has a price.', labels: ['currency'], samples: ofCost(({ spent }) => spent) },
  { name: 'cost_wasted', help: 'Part of cost_spent that was paid for work that was lost.', labels: ['currency'], samples: ofCost(({ wasted }) => wasted) },
  { name: 'cost_rate_per_hour', help: 'What an hour of all Pods that run now costs.', labels: ['currency'], samples: ofCost(({ ratePerHour }) => ratePerHour) },
  { name: 'cost_forecast', help: 'What the training will have cost at its end.', labels: ['currency'], samples: ofCost(({ forecast }) => forecast) },
  { name: 'cost_forecast_low', help: 'Least that the training will probably have cost.', labels: ['currency'], samples: ofCost(({ forecastLow }) => forecastLow) },
  { name: 'cost_forecast_high', help: 'Most that the training will probably have cost.', labels: ['currency'], samples: ofCost(({ forecastHigh }) => forecastHigh) },
  { name: 'cost_unpriced_seconds', help: 'Seconds of Pods that nobody has a price for.', labels: [], samples: ({ status }) => one({}, status.cost === undefined ? undefined : (status.cost.unpricedSeconds ?? 0)) },
  { name: 'step_cost_spent', help: 'What the Pods of a step have cost.', labels: [...step, 'currency'], samples: stepCosts },
  { name: 'budget', help: 'Most that the training may cost.', labels: ['currency'], samples: ({ training: { spec } }) => (spec?.budget === undefined ? [] : one({ currency: spec.budget.currency }, Number(spec.budget.amount))) },
  { name: 'status_condition', help: 'Conditions of the training; 1 at the status that holds.', labels: ['type', 'status'], samples: conditions },
];

/**
 * The status of each training as series: read anew at each scrape, so that they vanish with their object and survive a
 * restart as the status does.
 */
export function exportTrainings(registry: Registry, read: () => readonly TrainingState[]): void {
  for (const { name, help, labels, samples } of series) {
    const options = { name: `chextraining_${name}`, help, labelNames: ['namespace', 'name', ...labels], registers: [registry] };
    const each = (take: (sample: Sample) => void) => {
      for (const state of read()) {
        const { namespace, name: training } = state.training.metadata;
        for (const { labels: own, value } of samples(state)) take({ labels: { namespace, name: training, ...own }, value });
      }
    };
    if (!name.endsWith('_total')) new Gauge({ ...options, collect() { this.reset(); each((sample) => this.set(sample.labels, sample.value)); } });
    else new Counter({ ...options, collect() { this.reset(); each((sample) => this.inc(sample.labels, sample.value)); } });
  }
}

function info({ training, status }: TrainingState): Sample[] {
  return training.spec === undefined ? [] : one({ dataset: training.spec.dataset.uri, worker_image: status.workerImage, operator_version: status.operatorVersion }, 1);
}

function losses({ status }: TrainingState): Sample[] {
  return steps(status).flatMap(({ labels, record: { loss } }) => [
    ...one({ ...labels, split: 'train' }, loss?.train),
    ...one({ ...labels, split: 'valid' }, loss?.validation ?? undefined),
  ]);
}

/** Only what holds: eight states of seventeen steps would be many. */
function states({ status }: TrainingState): Sample[] {
  return steps(status).flatMap(({ labels, record: { state } }) => one({ ...labels, state }, 1));
}

function gpuSeconds({ training: { spec }, status }: TrainingState): Sample[] {
  if (spec === undefined) return [];
  return steps(status).flatMap(({ labels, record }) => {
    const own = spec.autoencoders.overrides?.find(({ observation }) => observation === labels.observation)?.resources?.gpu;
    const gpus = labels.stage === 'autoencoders' ? (own ?? spec.autoencoders.resources.gpu) : labels.stage === 'combined' ? spec.combined.resources.gpu : 0;
    return gpus === 0 ? [] : one(labels, record.seconds * gpus);
  });
}

function isWaiting({ state, pods = [] }: StepRecord): number {
  return state === 'queued' || (state === 'active' && !pods.some(({ seconds = 0 }) => seconds > 0)) ? 1 : 0;
}

function ofCost(amountOf: (cost: CostStatus) => string | undefined): Series['samples'] {
  return ({ status: { cost } }) => {
    const amount = cost && amountOf(cost);
    return cost === undefined || amount === undefined ? [] : one({ currency: cost.currency }, Number(amount));
  };
}

function stepCosts({ status }: TrainingState): Sample[] {
  return steps(status).flatMap(({ labels, record }) => one({ ...labels, currency: status.cost?.currency ?? '' }, record.cost === undefined ? undefined : Number(record.cost)));
}

function conditions({ status }: TrainingState): Sample[] {
  return status.conditions.flatMap(({ type, status: holding }) => ['True', 'False', 'Unknown'].flatMap((each) => one({ type, status: each }, each === holding ? 1 : 0)));
}

function ofSteps(valueOf: (record: StepRecord) => number | undefined): Series['samples'] {
  return ({ status }) => steps(status).flatMap(({ labels, record }) => one(labels, valueOf(record)));
}

interface LabelledStep {
  readonly labels: { readonly stage: string; readonly observation: string };
  readonly record: StepRecord;
}

/** Each Job's worth of work: the stages, and for `autoencoders` each observation. */
function steps(status: TrainingStatus): LabelledStep[] {
  return stages.flatMap((stage): LabelledStep[] =>
    stage === 'autoencoders'
      ? status.observations.map((record) => ({ labels: { stage, observation: record.observation }, record }))
      : status.stages.filter((record) => record.stage === stage).map((record) => ({ labels: { stage, observation: '' }, record })),
  );
}

function one(labels: Sample['labels'], value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ labels, value }];
}

function seconds(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time) / 1000;
}
