import type { SeenJob } from '../api/kubernetes.ts';
import { titleOf } from '../api/observations.ts';
import type { Condition, ConditionType, CostStatus, ObservationStatus } from '../api/status.ts';
import { durationText } from '../api/duration.ts';
import type { BudgetVerdict } from './cost/budget.ts';
import { compareMoney, moneyText } from './cost/money.ts';
import type { Spending } from './cost/spending.ts';
import type { Hindrance } from './hindrance.ts';
import type { Plan } from './plan.ts';
import { shorten } from './pod-result.ts';
import type { Verdict } from './verdict.ts';
import { withRemedy } from './verdict.ts';
import { conflictReason } from './wait-reason.ts';

type Fact = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;
type Words = readonly [reason: string, message: string];

export interface Circumstances {
  readonly plan: Plan;
  readonly verdict: Verdict;
  readonly observations: readonly ObservationStatus[];
  readonly cost: Spending & { readonly status: CostStatus; readonly budget: BudgetVerdict };
  /** Of steps that should move and do not. */
  readonly hindrances: readonly Hindrance[];
  /** Jobs that bear a name of ours and belong to somebody else. */
  readonly foreign: readonly SeenJob[];
  readonly previous: readonly Condition[];
  /** ISO 8601. */
  readonly now: string;
}

type Facts = Omit<Circumstances, 'now'>;

/** All conditions; the time of one moves only when its status changes. */
export function conditionsOf({ now, ...circumstances }: Circumstances): Condition[] {
  const { plan, previous } = circumstances;
  return facts(circumstances).map((fact) => {
    const before = previous.find(({ type }) => type === fact.type);
    const lastTransitionTime = before?.status === fact.status ? before.lastTransitionTime : now;
    return { ...fact, message: shorten(fact.message), observedGeneration: plan.training.metadata.generation, lastTransitionTime };
  });
}

function facts({ plan, verdict, observations, cost, hindrances, foreign, previous }: Facts): Fact[] {
  const { kind } = verdict;
  const isOver = kind === 'succeeded' || kind === 'failed';
  return [
    fact('Accepted', true, ['Valid', 'The resource is valid']),
    fact('Progressing', kind === 'going' || kind === 'failing', progressing(verdict, observations)),
    ending('Succeeded', kind === 'succeeded', { previous, yes: ['ReportWritten', 'The report is written'], no: [isOver ? 'Failed' : 'Running', 'The report is not written'] }),
    ending('Failed', kind === 'failed', { previous, yes: kind === 'failed' ? [verdict.reason, withRemedy(verdict)] : ['Failed', ''], no: ['NoFault', 'Nothing stops the training'] }),
    fact('Suspended', kind === 'suspended', kind === 'suspended' ? [verdict.reason, verdict.message] : notSuspended(plan)),
    fact('Reconciling', !isOver, isOver ? ['Finished', 'The training is over'] : ['Running', 'The training is not over']),
    stalled(hindrances),
    conflict(foreign),
    degraded(observations),
    priceKnown(cost),
    budgetExceeded(plan.training.spec.budget, cost),
  ];
}

function notSuspended({ training: { spec } }: Plan): Words {
  return spec.suspend ? ['Over', 'spec.suspend is true, and the training is over or ends: there is nothing to go on with'] : ['NotAsked', 'spec.suspend is false'];
}

const byGravity = ['JobRefused', 'NodeUnreachable', 'PodsRefused', 'NoProgress'] as const;

/** The gravest first; the others are told with their steps. */
function stalled(hindrances: readonly Hindrance[]): Fact {
  const [gravest] = byGravity.flatMap((reason) => hindrances.filter((hindrance) => hindrance.reason === reason));
  if (gravest === undefined) return fact('ProgressStalled', false, ['Moving', 'No step stands still']);
  const others = hindrances.length > 1 ? `${hindrances.length} steps stand still. ` : '';
  return fact('ProgressStalled', true, [gravest.reason, `${others}${gravest.message}`]);
}

function conflict(foreign: readonly SeenJob[]): Fact {
  const [job] = foreign;
  return job === undefined ? fact('NameConflict', false, ['Free', 'Nobody else has the name of a Job']) : fact('NameConflict', true, ['ForeignJob', conflictReason(job)]);
}

/** An end that is taken back: only a rerun does that. */
function ending(type: 'Succeeded' | 'Failed', holds: boolean, { previous, yes, no }: { previous: readonly Condition[]; yes: Words; no: Words }): Fact {
  const before = previous.find((condition) => condition.type === type);
  if (holds) return fact(type, true, yes);
  if (before?.status === 'True' || before?.reason === 'Rerun') return fact(type, false, ['Rerun', 'An observation is trained again']);
  return fact(type, false, no);
}

function degraded(observations: readonly ObservationStatus[]): Fact {
  const missing = observations.filter(({ state }) => state === 'failed' || state === 'skipped');
  if (missing.length === 0) return fact('Degraded', false, ['Complete', 'No observation is missing']);
  const names = missing.map(({ observation, state }) => `${titleOf(observation)} (${state})`).join(', ');
  return fact('Degraded', true, ['ObservationsMissing', `${missing.length} of ${observations.length} observations have no autoencoder: ${names}`]);
}

function progressing(verdict: Verdict, observations: readonly ObservationStatus[]): Words {
  switch (verdict.kind) {
    case 'going':
      if (observations.filter(({ state }) => state === 'queued').length < 2) return ['Running', 'Steps run or wait for those before them'];
      return ['Running', 'Several autoencoders wait in a queue, which admits them in an order of its own: the longest first holds only while autoencoders.maxParallel is small'];
    case 'failing':
      return ['Failing', verdict.stops ? 'It ends: what runs saves and stops' : 'It cannot succeed any more; what runs may finish'];
    case 'suspended':
      return ['Suspended', verdict.reason === 'SuspendAsked' ? 'Nothing is started while spec.suspend is true' : 'Nothing is started: the condition Suspended says why'];
    case 'succeeded':
    case 'failed':
      return ['Finished', 'Nothing runs'];
  }
}

function priceKnown({ unpricedSeconds, missing }: Facts['cost']): Fact {
  const remedy = 'Give it in spec.prices, or in the prices of the operator';
  if (missing.length > 0) return fact('PriceKnown', false, ['PriceUnknown', `${missing.length > 1 ? `${missing.length} nodes have no price. ` : ''}${missing[0]}. ${remedy}`]);
  if (unpricedSeconds > 0) return fact('PriceKnown', false, ['PartUnpriced', `${durationText(unpricedSeconds)} of work had no price and are not in the cost`]);
  return fact('PriceKnown', true, ['Priced', 'Everything that was spent has a price']);
}

function budgetExceeded(asked: Plan['training']['spec']['budget'], { status, budget, currency }: Facts['cost']): Fact {
  switch (budget.kind) {
    case 'none':
      return fact('BudgetExceeded', false, ['NoBudget', 'No budget is given']);
    case 'unknown':
      return { type: 'BudgetExceeded', status: 'Unknown', reason: budget.reason, message: budget.message };
    case 'exceeded':
      return fact('BudgetExceeded', true, ['BudgetExceeded', budget.message]);
    case 'kept': {
      const { forecast } = status;
      const [amount, percent] = [asked?.amount ?? '0', Math.floor(budget.percent)];
      if (forecast !== undefined && compareMoney(forecast, amount) > 0)
        return fact('BudgetExceeded', false, ['ForecastAboveBudget', `${moneyText(forecast, currency)} are foreseen (${moneyText(status.forecastLow ?? forecast, currency)} to ${moneyText(status.forecastHigh ?? forecast, currency)}), more than the budget of ${moneyText(amount, currency)}; ${percent} % of it are spent`]);
      return fact('BudgetExceeded', false, ['WithinBudget', `${percent} % of the budget of ${moneyText(amount, currency)} are spent`]);
    }
  }
}

function fact(type: ConditionType, holds: boolean, [reason, message]: Words): Fact {
  return { type, status: holds ? 'True' : 'False', reason, message };
}
