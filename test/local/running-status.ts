import type { ObservationStatus, StageStatus, TrainingStatus } from '../../src/api/status.ts';

const step = { run: 1, attempts: 1, seconds: 0 };

const stages: readonly StageStatus[] = [
  { stage: 'catalog', ...step, state: 'succeeded', seconds: 2, progress: 1, found: true },
  { stage: 'preprocess', ...step, state: 'succeeded', seconds: 245, progress: 1 },
  { stage: 'autoencoders', ...step, state: 'active', progress: 0.4 },
  { stage: 'combined', ...step, state: 'waiting', message: 'Waits for 4 autoencoders' },
];

const observations: readonly ObservationStatus[] = [
  { observation: 'Edema', ...step, state: 'active', seconds: 3845, progress: 0.425, epoch: 85, epochs: 200, loss: { train: 0.071_23, validation: 0.0721 }, imagesPerSecond: 312.25 },
  { observation: 'Atelectasis', ...step, state: 'active', seconds: 1 },
  { observation: 'Enlarged_Cardiomediastinum', ...step, state: 'ready', message: 'Waits for a free place (maxParallel 2)' },
  { observation: 'Fracture', ...step, state: 'skipped', message: 'no positive film in train' },
  { observation: 'Pneumonia', ...step, state: 'failed', progress: 0.1, seconds: 12, message: 'Cannot read the records: they are torn, and the copy beside them is of another training' },
];

/** At this moment it looks as `runningStatus` says; milliseconds since 1970. */
export const runningNow = Date.parse('2026-01-01T12:31:00Z');

/** A training in the midst of its autoencoders: one step in each state. */
export const runningStatus: TrainingStatus = {
  observedGeneration: 1,
  conditions: [],
  stage: 'autoencoders',
  progress: 0.417,
  progressPercent: '41 %',
  failed: '1',
  estimatedCompletionTime: '2026-01-01T14:05:00Z',
  startTime: '2026-01-01T12:00:00Z',
  workedSeconds: 1860,
  updateTime: '2026-01-01T12:31:00Z',
  workerImage: '',
  operatorVersion: '',
  classes: '0/5',
  message: 'autoencoders: Edema epoch 85/200, Atelectasis; 1 waiting',
  stages,
  observations,
};

/** The same training when Pneumonia's end has ended it. */
export const failedStatus: TrainingStatus = {
  ...runningStatus,
  conditions: [{ type: 'Failed', status: 'True', reason: 'TooFewSucceeded', message: '', observedGeneration: 1, lastTransitionTime: runningStatus.updateTime }],
  completionTime: runningStatus.updateTime,
  observations: observations.map((one) => (one.state === 'active' ? { ...one, state: 'succeeded' } : one)),
  message: '3 of 5 autoencoders can succeed, 4 must (autoencoders.minSucceeded). Pneumonia failed: Cannot read the records',
};
