import type { EstimatedJob } from '../estimate.ts';
import type { Plan } from '../plan.ts';
import { resourcesOf } from '../resources.ts';
import { assumedSpread, measuredSpread } from './forecast.ts';
import { costOf, sumOf, times } from './money.ts';
import type { Money } from './money.ts';
import { currencyOf } from './node-price.ts';
import { plannedRate } from './planned-rate.ts';

/** What is foreseen of a training's money before it starts; null is unknown. */
export interface EstimatedCost {
  readonly currency: string;
  /** Of each Job, in their order. */
  readonly jobs: readonly (Money | null)[];
  readonly amount: Money | null;
  readonly low: Money | null;
  readonly high: Money | null;
  /** Hours of the GPUs that all Jobs take together. */
  readonly gpuHours: number | null;
  /** Why a part has no price, each reason once. */
  readonly missing: readonly string[];
  readonly priceSource: string;
  readonly priceDate: string | null;
  /** The budget, and whether the amount is above it; null where there is none. */
  readonly budget: { readonly amount: Money; readonly currency: string; readonly isPassed: boolean | null } | null;
}

export interface CostFacts {
  /** Machine of every Pod, where the training does not choose one. */
  readonly instanceType: string | undefined;
  /** Whether the speed was measured by this training, or is assumed. */
  readonly isMeasured: boolean;
}

/** The time of each Job times what its Pods cost. Nothing else is counted: not the idle part of nodes, storage or transfer. */
export function estimateCost(plan: Plan, jobs: readonly EstimatedJob[], { instanceType, isMeasured }: CostFacts): EstimatedCost {
  const { spec } = plan.training;
  const rates = jobs.map((job) => plannedRate(job, plan, instanceType));
  const costs = jobs.map(({ podHours }, index) => {
    const rate = rates[index];
    if (podHours === 0) return '0.000000';
    return podHours === null || rate === undefined || 'missing' in rate ? null : costOf(podHours * 3600, rate.perHour);
  });
  const amount = areKnown(costs) ? sumOf(costs) : null;
  const spread = isMeasured ? measuredSpread : assumedSpread;
  const gpuHours = jobs.map((job) => gpuHoursOf(plan, job));
  const { source = 'spec.prices', date = null } = spec.prices ?? plan.settings.prices;
  const currency = currencyOf({ own: spec.prices, table: plan.settings.prices });
  return {
    currency,
    jobs: costs,
    amount,
    low: amount === null ? null : times(amount, spread.low),
    high: amount === null ? null : times(amount, spread.high),
    gpuHours: gpuHours.reduce((sum, hours) => (sum === null || hours === null ? null : sum + hours), 0),
    missing: [...new Set(rates.flatMap((rate) => ('missing' in rate ? [rate.missing] : [])))],
    priceSource: source,
    priceDate: date,
    budget: spec.budget === undefined ? null : { ...pick(spec.budget), isPassed: amount === null || spec.budget.currency !== currency ? null : Number(amount) > Number(spec.budget.amount) },
  };
}

function gpuHoursOf({ training }: Plan, job: EstimatedJob): number | null {
  const { gpu } = resourcesOf(training.spec, job);
  return gpu === 0 ? 0 : job.podHours === null ? null : job.podHours * gpu;
}

function pick({ amount, currency }: { amount: string; currency: string }) {
  return { amount, currency };
}

function areKnown<T extends string | number>(values: readonly (T | null)[]): values is readonly T[] {
  return values.every((value) => value !== null);
}
