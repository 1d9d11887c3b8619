import type { Condition, TrainingStatus } from '../api/status.ts';
import type { ChexTraining } from '../api/training.ts';
import { shorten } from './pod-result.ts';

export interface Refusal {
  /** What is wrong and what to do. */
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The status of a training that cannot be understood: what it was, and that it is not accepted. Nothing else is known of it, so
 * nothing else is said; one that has not begun may still be changed in every field.
 */
export function refusedStatus({ metadata: { generation }, status }: Pick<ChexTraining, 'metadata' | 'status'>, { message, now }: Refusal): TrainingStatus {
  const time = new Date(now).toISOString();
  const known = status ?? unbegun(generation, time);
  const before = known.conditions.find(({ type }) => type === 'Accepted');
  const words = shorten(message);
  const lastTransitionTime = before?.status === 'False' ? before.lastTransitionTime : time;
  const accepted: Condition = { type: 'Accepted', status: 'False', reason: 'Invalid', message: words, observedGeneration: generation, lastTransitionTime };
  return { ...known, observedGeneration: generation, conditions: [accepted, ...known.conditions.filter((condition) => condition !== before)], message: words };
}

function unbegun(generation: number, time: string): TrainingStatus {
  return {
    observedGeneration: generation,
    conditions: [{ type: 'Reconciling', status: 'True', reason: 'NotAccepted', message: 'The training begins once it is accepted', observedGeneration: generation, lastTransitionTime: time }],
    stage: 'catalog',
    progress: 0,
    progressPercent: '0 %',
    workedSeconds: 0,
    updateTime: time,
    // Both are recorded when it begins.
    workerImage: '',
    operatorVersion: '',
    classes: '',
    failed: '',
    message: '',
    stages: [],
    observations: [],
  };
}
