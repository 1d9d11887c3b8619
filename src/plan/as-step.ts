import type { TrainingStatus } from '../api/status.ts';
import { priceOrigin } from './cost/cost-status.ts';
import { expectedRate } from './cost/forecast.ts';
import type { Spending } from './cost/spending.ts';
import type { Counts } from './count-pods.ts';
import type { Draft } from './drafts.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { resourcesOf } from './resources.ts';
import type { CombinedStep, Step } from './step.ts';
import type { StepView } from './step-state.ts';

/** A draft with the number of its run; the combined step also takes the account of all that went before, its own earlier attempts as well, for the report. */
export function asStep(draft: Draft, run: number, account: CombinedStep['account']): Step {
  return draft.stage === 'combined' ? { ...draft, run, account } : { ...draft, run };
}

interface Accounted {
  readonly views: readonly StepView[];
  readonly counts: readonly Counts[];
  readonly spending: Spending;
  readonly status: TrainingStatus | null;
}

/** Attempts, seconds and money of every step, and of the combined one where it was begun before. A cost is null where a part of it has no price. */
export function accountOf(plan: Plan, { views, counts, spending, status }: Accounted): CombinedStep['account'] {
  const { priceSource, priceDate } = priceOrigin(plan.training.spec.prices ?? plan.settings.prices, { spending, previous: status?.cost });
  const hasPrice = spending.spent !== null;
  const rates = new Map(views.map(({ planned }, index) => [planned.key, counts[index] ?? {}]));
  const rate = expectedRate({ key: 'combined', stage: 'combined' }, plan, rates);
  const gpusOf = (step: Pick<PlannedStep, 'stage' | 'observation'>) => Math.min(resourcesOf(plan.training.spec, step).gpu, plan.settings.gpus ?? Infinity);
  return {
    workedSeconds: status?.workedSeconds ?? 0,
    currency: hasPrice ? spending.currency : null,
    priceSource: hasPrice ? priceSource : null,
    priceDate: hasPrice ? (priceDate ?? null) : null,
    ratePerHour: hasPrice && rate !== null ? Number(rate) : null,
    gpus: gpusOf({ stage: 'combined' }),
    entries: views.flatMap(({ planned, state }, index) => {
      const { attempts = 0, seconds = 0, cost, unpriced, rate, pods = [] } = counts[index] ?? {};
      if (state === 'skipped' || (planned.stage === 'combined' && attempts === 0 && rate === undefined)) return [];
      const isKnown = cost !== undefined && unpriced === undefined && pods.every((pod) => pod.seconds === undefined || pod.rate !== undefined);
      return [{ stage: planned.stage, ...(planned.observation === undefined ? {} : { observation: planned.observation }), attempts, seconds, gpus: gpusOf(planned), cost: isKnown ? Number(cost) : null }];
    }),
  };
}
