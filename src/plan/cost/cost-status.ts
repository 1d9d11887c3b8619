import type { CostStatus } from '../../api/status.ts';
import type { Plan } from '../plan.ts';
import type { Prices } from '../../api/prices.ts';
import type { Records } from '../remaining.ts';
import type { BudgetVerdict } from './budget.ts';
import { forecastCost } from './forecast.ts';
import type { Money } from './money.ts';
import { moneyText } from './money.ts';
import { sourceOf } from './node-price.ts';
import type { Spending } from './spending.ts';

export interface Account {
  readonly plan: Plan;
  readonly records: Records;
  readonly spending: Spending;
  readonly budget: BudgetVerdict;
  /** As last written. */
  readonly previous: CostStatus | undefined;
  /** Nothing more is to be spent. */
  readonly isOver: boolean;
}

/** The money of a training as its status shows it. */
export function costStatus({ plan, records, spending, budget, previous, isOver }: Account): CostStatus {
  const { currency, spent, wasted, ratePerHour, unpricedSeconds } = spending;
  // What has no price yet will probably have none later.
  const forecast = unpricedSeconds > 0 ? null : isOver ? atEnd(spent) : forecastCost(plan, records, spent);
  return {
    currency,
    text: textOf(spending),
    ...present({ spent, wasted, ratePerHour }),
    ...present({ forecast: forecast?.amount, forecastLow: forecast?.low, forecastHigh: forecast?.high }),
    ...(unpricedSeconds > 0 ? { unpricedSeconds } : {}),
    ...priceOrigin(plan.training.spec.prices ?? plan.settings.prices, { spending, previous }),
    ...('warnedPercent' in budget && budget.warnedPercent !== null ? { warnedPercent: budget.warnedPercent } : {}),
    ...(budget.kind === 'exceeded' ? { exceededAmount: budget.amount } : {}),
  };
}

/** Between the names of several. */
const separator = '; ';

/** Who said the prices of what was spent, all that ever did; before the first Pod, whose prices will be asked. */
export function priceOrigin(list: Prices, { spending: { spent, sources }, previous }: { spending: Spending; previous: CostStatus | undefined }): Pick<CostStatus, 'priceSource' | 'priceDate'> {
  const before = previous?.spent === undefined ? [] : previous.priceSource.split(separator);
  const all = spent === null ? sources : [...new Set([...before, ...sources])];
  const names = all.length === 0 ? [sourceOf(list)] : all;
  return { priceSource: names.join(separator), ...(list.date !== undefined && names.includes(sourceOf(list)) ? { priceDate: list.date } : {}) };
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
