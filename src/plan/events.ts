import { durationText } from '../api/duration.ts';
import { titleOf } from '../api/observations.ts';
import type { Condition, StepRecord, TrainingStatus } from '../api/status.ts';
import { lastFailure } from './last-attempts.ts';
import { capitalised } from './verdict.ts';

/** Something that happened, for people. */
export interface TrainingEvent {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase word for machines. */
  readonly reason: string;
  readonly message: string;
}

interface NamedStep {
  readonly name: string;
  readonly record: StepRecord;
}

/** What happened between two statuses, in the order of the steps, the training itself last. */
export function eventsBetween(previous: TrainingStatus | null, next: TrainingStatus): TrainingEvent[] {
  const before = new Map(stepsOf(previous).map(({ name, record }) => [name, record]));
  const begins = ({ name, record }: NamedStep) => record.state === 'active' && record.run === 1 && before.get(name)?.run !== 1;
  const steps = stepsOf(next);
  const begun = steps.filter(begins).map(({ name }) => name);
  return [
    ...steps.filter((step) => !begins(step)).flatMap(({ name, record }) => eventOfStep(name, record, before.get(name))),
    // One for all that start at once: of many alike the cluster keeps but ten within ten minutes.
    ...(begun.length === 0 ? [] : [normal('Started', `${begun.join(', ')} started`)]),
    ...eventsOfTraining(previous, next),
  ];
}

function stepsOf(status: TrainingStatus | null): NamedStep[] {
  if (status === null) return [];
  const stages = status.stages.filter(({ stage }) => stage !== 'autoencoders').map((record) => ({ name: capitalised(record.stage), record }));
  return [...stages, ...status.observations.map((record) => ({ name: titleOf(record.observation), record }))];
}

function eventOfStep(name: string, record: StepRecord, before: StepRecord | undefined): TrainingEvent[] {
  const { state, run, message } = record;
  if (state === 'active' && run !== before?.run) return [normal('Started', `${name} started, run ${run}`)];
  const disruption = (record.disruptions ?? 0) > (before?.disruptions ?? 0) ? [normal('Disrupted', `${name}: its Pod was ended from outside, which is no failure; the next goes on from the last checkpoint`)] : [];
  if (isRetry(name, record, before)) return [...disruption, attemptStarted(name, record)];
  if (state === before?.state) return disruption;
  switch (state) {
    case 'succeeded':
      return [record.found ? normal('StepFound', `${name} was finished before`) : normal('StepSucceeded', `${name} is done${detailOf(name, record)}`)];
    case 'failed':
      return [{ type: 'Warning', reason: 'StepFailed', message: `${name} failed: ${message ?? 'unknown'}` }];
    case 'skipped':
      return [normal('Skipped', `${name} is skipped: ${message ?? 'unknown'}`)];
    case 'stopping':
      return [normal('Stopping', `${name} stops and saves`)];
    case 'queued':
      return [normal('Queued', `${name} waits in a queue`)];
    case 'active':
      return before?.state === 'queued' ? [normal('Admitted', `${name} is admitted from its queue`)] : [];
    case 'ready':
    case 'waiting':
      return [];
  }
}

/** With the reason for it, which only its Pod knew. */
function attemptStarted(name: string, record: StepRecord): TrainingEvent {
  const failure = lastFailure(record);
  return failure === null ? normal('AttemptStarted', `${name}: attempt ${record.attempts}`) : warning('AttemptStarted', `${name}: attempt ${record.attempts}, as the one before failed: ${failure}`);
}

/** Another Pod of the same Job. Shards are Pods of their own: their number says nothing of retries. */
function isRetry(name: string, { state, run, attempts }: StepRecord, before: StepRecord | undefined): boolean {
  if (name === capitalised('preprocess') || before === undefined || state !== 'active' || before.state !== 'active') return false;
  return run === before.run && before.attempts > 0 && attempts > before.attempts && (before.pods?.length ?? 0) > 0;
}

function detailOf(name: string, { seconds, attempts, loss }: StepRecord): string {
  const time = seconds > 0 ? ` in ${durationText(seconds)}${attempts > 1 && name !== capitalised('preprocess') ? ' over all attempts' : ''}` : '';
  return loss?.train === undefined ? time : `${time}, loss ${loss.train.toFixed(4)}${loss.validation == null ? '' : ` (validation ${loss.validation.toFixed(4)})`}`;
}

function eventsOfTraining(previous: TrainingStatus | null, next: TrainingStatus): TrainingEvent[] {
  const { conditions, message } = next;
  const find = (type: string, all: readonly Condition[] | undefined) => all?.find((condition) => condition.type === type && condition.status === 'True');
  const turned = (type: string) => find(type, conditions) !== undefined && find(type, previous?.conditions) === undefined;
  const warnings = (['ProgressStalled', 'NameConflict'] as const).flatMap((type): TrainingEvent[] => {
    const now = find(type, conditions);
    return now === undefined || now.reason === find(type, previous?.conditions)?.reason ? [] : [{ type: 'Warning', reason: now.reason, message: now.message }];
  });
  return [
    ...warnings,
    ...moneyEvents(previous, next),
    ...(turned('Suspended') ? [normal('Suspended', message)] : []),
    ...(turned('Succeeded') ? [normal('Succeeded', message)] : []),
    ...(turned('Failed') ? [{ type: 'Warning' as const, reason: 'Failed', message }] : []),
  ];
}

/** Each threshold once, then what the budget and the prices say that is new. */
function moneyEvents(previous: TrainingStatus | null, { cost, conditions }: TrainingStatus): TrainingEvent[] {
  const conditionIn = (all: readonly Condition[] | undefined, type: string) => all?.find((condition) => condition.type === type);
  const isNew = (type: string, reason: string) => conditionIn(conditions, type)?.reason === reason && conditionIn(previous?.conditions, type)?.reason !== reason;
  const budget = conditionIn(conditions, 'BudgetExceeded');
  const warned = cost?.warnedPercent ?? 0;
  const isHigher = warned > (previous?.cost?.warnedPercent ?? 0);
  return [
    // What else there is to say of the budget is an event of its own.
    ...(isHigher ? [warning('BudgetWarning', `${warned} % of the budget are reached: ${cost?.text ?? 'unknown'} spent`)] : []),
    ...['ForecastAboveBudget', 'BudgetExceeded', 'CurrencyDiffers'].flatMap((reason) => (isNew('BudgetExceeded', reason) ? [warning(reason, budget?.message ?? '')] : [])),
    // Who has set no budget has not asked about money; the condition tells all the same.
    ...(budget?.reason !== 'NoBudget' && isNew('PriceKnown', 'PriceUnknown') ? [warning('PriceUnknown', conditionIn(conditions, 'PriceKnown')?.message ?? '')] : []),
  ];
}

function warning(reason: string, message: string): TrainingEvent {
  return { type: 'Warning', reason, message };
}

function normal(reason: string, message: string): TrainingEvent {
  return { type: 'Normal', reason, message };
}
