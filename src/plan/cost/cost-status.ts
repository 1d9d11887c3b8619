import type { CostStatus } from '../../api/status.ts';
import type { Plan } from '../plan.ts';
import type { Records } from '../remaining.ts';
import type { BudgetVerdict } from './budget.ts';
import { forecastCost } from './forecast.ts';
import type { Money } from './money.ts';
import { moneyText } from './money.ts';
import type { Spending } from './spending.ts';

export interface Account {
  readonly plan: Plan;
  readonly records: Records;
  readonly spending: Spending;
  readonly budget: BudgetVerdict;
  /** Nothing more is to be spent. */
  readonly isOver: boolean;
}

/** The money of a training as its status shows it. */
export function costStatus({ plan, records, spending, budget, isOver }: Account): CostStatus {
  const { currency, spent, wasted, ratePerHour, unpricedSeconds } = spending;
  const { source = 'spec.prices', date } = plan.training.spec.prices ?? plan.settings.prices;
  // What has no price yet will probably have none later.
  const forecast = unpricedSeconds > 0 ? null : isOver ? atEnd(spent) : forecastCost(plan, records, spent);
  return {
    currency,
    text: textOf(spending),
    ...present({ spent, wasted, ratePerHour }),
    ...present({ forecast: forecast?.amount, forecastLow: forecast?.low, forecastHigh: forecast?.high }),
    ...(unpricedSeconds > 0 ? { unpricedSeconds } : {}),
    priceSource: source,
    ...(date === undefined ? {} : { priceDate: date }),
    ...('warnedPercent' in budget && budget.warnedPercent !== null ? { warnedPercent: budget.warnedPercent } : {}),
    ...(budget.kind === 'exceeded' ? { exceededAmount: budget.amount } : {}),
  };
}

function atEnd(spent: Money | null): { amount: Money; low: Money; high: Money } | null {
  return spent === null ? null : { amount: spent, low: spent, high: spent };
}

function textOf({ currency, spent, unpricedSeconds }: Spending): string {
  if (spent === null) return unpricedSeconds > 0 ? 'unknown' : moneyText('0', currency);
  return `${unpricedSeconds > 0 ? 'at least ' : ''}${moneyText(spent, currency)}`;
}

/** Only what is known. */
function present<Field extends string>(amounts: Readonly<Record<Field, Money | null | undefined>>): Partial<Record<Field, Money>> {
  return Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount !== null && amount !== undefined)) as Partial<Record<Field, Money>>;
}
