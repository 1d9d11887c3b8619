import { titleOf } from '../api/observations.ts';
import type { Stage } from '../api/stages.ts';
import { stages } from '../api/stages.ts';
import type { ObservationStatus, StageStatus, StepRecord, StepState, TrainingStatus } from '../api/status.ts';
import { conditionsOf } from './conditions.ts';
import type { BudgetVerdict } from './cost/budget.ts';
import { costStatus } from './cost/cost-status.ts';
import type { Spending } from './cost/spending.ts';
import type { Observed } from './decide.ts';
import type { Hindrance } from './hindrance.ts';
import { lastFailure } from './last-attempts.ts';
import { layout, rootOf } from './layout.ts';
import type { Plan } from './plan.ts';
import { shorten } from './pod-result.ts';
import { progressOf } from './progress.ts';
import type { Records } from './remaining.ts';
import { measuredSpeed, remainingTime } from './remaining.ts';
import { maxParallelOf, startOrder } from './schedule.ts';
import type { Verdict } from './verdict.ts';
import { workedSeconds } from './worked-seconds.ts';

export interface Summary {
  readonly plan: Plan;
  readonly observed: Observed;
  readonly verdict: Verdict;
  readonly spending: Spending;
  readonly budget: BudgetVerdict;
  readonly hindrances: readonly Hindrance[];
  /** By position of the plan's steps. */
  readonly records: readonly StepRecord[];
}

/** The whole status, rebuilt: a projection of the plan, of what was observed and of what is remembered of the steps. */
export function summarise({ plan, observed, verdict, spending, budget, hindrances, records }: Summary): TrainingStatus {
  const { training, settings } = plan;
  const byKey: Records = new Map(plan.steps.map(({ key }, index) => [key, records[index] ?? { state: 'waiting', run: 0, attempts: 0, seconds: 0 }]));
  const stagesNow = stages.map((stage) => stageStatus(stage, plan, byKey));
  const observations = observationStatuses(plan, byKey);
  const succeeded = observations.filter(({ state }) => state === 'succeeded').length;
  const updateTime = new Date(observed.now).toISOString();
  const isOver = verdict.kind === 'succeeded' || verdict.kind === 'failed';
  const isMoving = verdict.kind === 'going';
  const left = isMoving ? remainingTime(plan, byKey) : null;
  const foreseen = foreseenOf(plan, byKey);
  const progress = verdict.kind === 'succeeded' ? 1 : progressOf(plan, plan.steps, byKey);
  const failed = observations.filter(({ state }) => state === 'failed').length;
  const previous = observed.status;
  // Not one that was suspended from the beginning: nothing was made with its fields yet, so none is frozen.
  const hasStarted = previous?.startTime !== undefined || records.some(({ run }) => run > 0);
  const cost = costStatus({ plan, records: byKey, spending, budget, previous: previous?.cost, isOver });
  return {
    observedGeneration: training.metadata.generation,
    conditions: conditionsOf({ plan, verdict, observations, cost: { ...spending, status: cost, budget }, hindrances, foreign: observed.foreign, previous: previous?.conditions ?? [], now: updateTime }),
    stage: stagesNow.find(({ state }) => state !== 'succeeded')?.stage ?? 'done',
    progress,
    progressPercent: progressWords(progress, verdict),
    ...(left === null ? {} : { estimatedCompletionTime: toTheSecond(observed.now + left.seconds * 1000), estimateSource: left.source }),
    cost,
    ...(foreseen === null ? {} : { plan: foreseen }),
    ...(hasStarted ? { startTime: previous?.startTime ?? updateTime } : {}),
    ...(isOver ? { completionTime: previous?.completionTime ?? updateTime } : {}),
    workedSeconds: workedSeconds(plan, records, observed),
    updateTime,
    workerImage: settings.workerImage,
    operatorVersion: previous?.operatorVersion || settings.operatorVersion,
    classes: `${succeeded}/${observations.length}`,
    failed: failed === 0 ? '' : String(failed),
    ...queueOf(plan, records),
    message: shorten(messageOf(verdict, { plan, stages: stagesNow, observations })),
    stages: stagesNow,
    observations,
  };
}

/** The column that also tells of a training that stands. Not rounded up: 100 % is the end. */
function progressWords(progress: number, { kind }: Verdict): string {
  return `${Math.floor(progress * 100)} %${kind === 'failed' || kind === 'suspended' ? ` ${kind}` : ''}`;
}

/** ISO 8601; more would not be true of an estimate. */
function toTheSecond(milliseconds: number): string {
  return new Date(Math.round(milliseconds / 1000) * 1000).toISOString().replace('.000', '');
}

function stageStatus(stage: Stage, plan: Plan, records: Records): StageStatus {
  const steps = plan.steps.filter((step) => step.stage === stage);
  const own = steps.flatMap(({ key }) => records.get(key) ?? []);
  const [first] = own;
  if (stage !== 'autoencoders' && first !== undefined) return { stage, ...first };
  const state = sumState(own, plan.minSucceeded);
  return {
    stage,
    state,
    run: 0,
    attempts: own.reduce((sum, { attempts }) => sum + attempts, 0),
    seconds: Math.round(own.reduce((sum, { seconds }) => sum + seconds, 0) * 10) / 10,
    progress: state === 'succeeded' ? 1 : progressOf(plan, steps, records),
  };
}

function sumState(records: readonly StepRecord[], minSucceeded: number): StepState {
  const has = (state: StepState) => records.some((record) => record.state === state);
  for (const state of ['active', 'queued', 'stopping', 'ready', 'waiting'] as const) if (has(state)) return state;
  return records.filter(({ state }) => state === 'succeeded').length >= minSucceeded ? 'succeeded' : has('failed') ? 'failed' : 'skipped';
}

/** How many Jobs the queue keeps, and how many it has let go. */
function queueOf({ training }: Plan, records: readonly StepRecord[]): Pick<TrainingStatus, 'queue'> {
  const { queueName } = training.spec;
  if (queueName === undefined) return {};
  const count = (state: StepState) => records.filter((record) => record.state === state).length;
  const [queued, admitted] = [count('queued'), count('active')];
  return { queue: queued + admitted === 0 ? queueName : `${queueName}: ${queued} queued, ${admitted} admitted` };
}

function observationStatuses(plan: Plan, records: Records): ObservationStatus[] {
  return plan.steps.flatMap(({ key, observation, images }) => {
    const record = records.get(key);
    if (observation === undefined || record === undefined) return [];
    return [{ observation, ...(images === undefined ? {} : { images }), ...record }];
  });
}

/** Start order, limit and hours foreseen, once the films are counted. */
function foreseenOf(plan: Plan, records: Records): NonNullable<TrainingStatus['plan']> | null {
  const order = startOrder(plan);
  if (order.some(({ work }) => work === undefined)) return null;
  const speed = measuredSpeed(plan, records);
  const work = order.reduce((sum, step) => sum + (step.work ?? 0), 0);
  return {
    order: order.flatMap(({ observation }) => observation ?? []),
    maxParallel: maxParallelOf(plan),
    ...(speed === null ? {} : { hours: Math.round((work / speed / 3600) * 1000) / 1000 }),
  };
}

interface Shown {
  readonly stages: readonly StageStatus[];
  readonly observations: readonly ObservationStatus[];
}

function messageOf(verdict: Verdict, { plan, ...shown }: Shown & { plan: Plan }): string {
  switch (verdict.kind) {
    case 'succeeded':
      return `The report is written: ${layout(rootOf(plan.training.spec.output.uri, plan.training.metadata)).report.html}`;
    case 'failed':
      return verdict.message;
    case 'failing':
      return verdict.stops ? verdict.message : `${verdict.message}. What runs may finish`;
    case 'suspended':
      if (verdict.reason !== 'SuspendAsked') return verdict.message;
      return shown.stages.some(({ state }) => state === 'stopping') ? 'Suspending: workers save their checkpoints' : 'Suspended; what is finished or saved is kept';
    case 'going':
      return goingMessage(shown);
  }
}

function goingMessage({ stages: all, observations }: Shown): string {
  const stage = all.find(({ state }) => state !== 'succeeded');
  if (stage === undefined) return 'Finishing';
  if (stage.stage !== 'autoencoders') return `${stage.stage}: ${stage.message ?? (stage.state === 'active' ? startText(stage) : stage.state)}`;
  const active = observations.filter(({ state }) => state === 'active').map((one) => `${titleOf(one.observation)}${detailOf(one)}`);
  const count = (...states: readonly StepState[]) => observations.filter(({ state }) => states.includes(state)).length;
  const [queued, waiting] = [count('queued'), count('ready', 'waiting')];
  return `autoencoders: ${active.length > 0 ? active.join(', ') : 'none runs'}${queued > 0 ? `; ${queued} queued` : ''}${waiting > 0 ? `; ${waiting} waiting` : ''}`;
}

function startText(record: StepRecord): string {
  const failure = lastFailure(record);
  return failure === null ? 'its worker starts' : `attempt ${record.attempts} starts, as the one before failed: ${failure}`;
}

/** The epoch, or why there is none yet. */
function detailOf({ epoch, epochs, message, ...record }: ObservationStatus): string {
  const reason = message ?? lastFailure(record);
  if (epoch === undefined) return reason === null ? '' : ` (${shorten(reason, 100)})`;
  return ` epoch ${epoch}${epochs === undefined ? '' : `/${epochs}`}`;
}
