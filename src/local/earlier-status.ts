import { observations } from '../api/observations.ts';
import { stages } from '../api/stages.ts';
import type { ObservationStatus, StageStatus, StepRecord, TrainingStatus } from '../api/status.ts';
import { readJson } from '../storage/read-json.ts';
import type { Storage } from '../storage/storage.ts';

/**
 * What an earlier `chex run` of the same training leaves to this one: when it began, how long it worked, and the runs,
 * attempts and seconds of each step. Results are not taken from it: the workers give them again from done.json at once, and so
 * notice changed data or settings. undefined where there is none, or none of a training. Throws StorageError where it is
 * not JSON: attempts and time that were counted are not forgotten without a word.
 */
export async function readEarlierStatus(storage: Storage, uri: string): Promise<TrainingStatus | undefined> {
  return sumsOf(await readJson(storage, uri));
}

/** Films a second of one autoencoder, the mean over those that an earlier run measured; null where none was. Throws like readEarlierStatus(). */
export async function readEarlierSpeed(storage: Storage, uri: string): Promise<number | null> {
  const entries = entriesOf(await readJson(storage, uri), 'observations');
  const speeds = entries.map((entry) => numberOf(entry, 'imagesPerSecond')).filter((speed) => speed > 0);
  return speeds.length === 0 ? null : speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length;
}

function sumsOf(status: unknown): TrainingStatus | undefined {
  const startTime = fieldOf(status, 'startTime');
  if (typeof startTime !== 'string' || Number.isNaN(Date.parse(startTime))) return undefined;
  return {
    observedGeneration: 1,
    conditions: [],
    stage: 'catalog',
    progress: 0,
    progressPercent: '0 %',
    failed: '',
    startTime,
    workedSeconds: numberOf(status, 'workedSeconds'),
    updateTime: startTime,
    workerImage: '',
    operatorVersion: '',
    classes: '',
    message: '',
    stages: entriesOf(status, 'stages').flatMap((entry): StageStatus[] => {
      const stage = stages.find((known) => known === fieldOf(entry, 'stage'));
      return stage === undefined ? [] : [{ stage, ...recordOf(entry) }];
    }),
    observations: entriesOf(status, 'observations').flatMap((entry): ObservationStatus[] => {
      const observation = observations.find((known) => known === fieldOf(entry, 'observation'));
      return observation === undefined ? [] : [{ observation, ...recordOf(entry) }];
    }),
  };
}

function recordOf(entry: unknown): StepRecord {
  return { state: 'waiting', run: numberOf(entry, 'run'), attempts: numberOf(entry, 'attempts'), seconds: numberOf(entry, 'seconds') };
}

/** Sums are 0 where nothing was counted. */
function numberOf(value: unknown, name: string): number {
  const field = fieldOf(value, name);
  return typeof field === 'number' && field >= 0 ? field : 0;
}

function entriesOf(value: unknown, name: string): readonly unknown[] {
  const field = fieldOf(value, name);
  return Array.isArray(field) ? field : [];
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
