import type { TrainingSpec } from '../../api/schema.ts';
import type { CostStatus } from '../../api/status.ts';
import { terminationGraceSeconds } from '../pod.ts';
import type { Money } from './money.ts';
import { compareMoney, costOf, moneyText, sumOf } from './money.ts';
import type { Spending } from './spending.ts';

export type BudgetVerdict =
  | { readonly kind: 'none' }
  /** Nobody can say how much of it is spent. */
  | { readonly kind: 'unknown'; readonly reason: 'CurrencyDiffers' | 'PriceUnknown'; readonly message: string; readonly holds: boolean }
  | { readonly kind: 'kept'; readonly percent: number; readonly warnedPercent: number | null }
  | { readonly kind: 'exceeded'; readonly amount: Money; readonly action: 'Warn' | 'Suspend' | 'Fail'; readonly message: string; readonly warnedPercent: number | null };

/** Between two looks at what runs, and until a stop has reached every Pod. */
const lookSeconds = 15;

/**
 * Whether the budget is kept. It counts as used up while there is still enough of it for the Pods that run to save their
 * checkpoints and end, and stays so until its amount is raised.
 */
export function judgeBudget(budget: TrainingSpec['budget'], spending: Spending, before: CostStatus | undefined): BudgetVerdict {
  if (budget === undefined) return { kind: 'none' };
  const { amount, currency, onExceeded } = budget;
  if (currency !== spending.currency) {
    const message = `The budget is in ${currency} and the prices are in ${spending.currency}: give spec.budget.amount in ${spending.currency}, or spec.prices in ${currency}`;
    return { kind: 'unknown', reason: 'CurrencyDiffers', message, holds: onExceeded !== 'Warn' };
  }
  const spent = spending.spent ?? '0';
  const reserve = spending.ratePerHour === null ? '0' : costOf(terminationGraceSeconds + lookSeconds, spending.ratePerHour);
  const percent = Number(amount) === 0 ? 100 : (Number(spent) / Number(amount)) * 100;
  const warnedPercent = budget.warnAtPercent.filter((each) => percent >= each).reduce<number | null>((highest, each) => Math.max(highest ?? 0, each), null);
  const wasExceeded = before?.exceededAmount !== undefined && compareMoney(amount, before.exceededAmount) <= 0;
  if (wasExceeded || compareMoney(sumOf([spent, reserve]), amount) >= 0) return { kind: 'exceeded', amount, action: onExceeded, message: exceeded(budget, { spent, reserve }), warnedPercent };
  if (spending.unpricedSeconds > 0) return { kind: 'unknown', reason: 'PriceUnknown', message: `Whether the budget is kept is unknown: ${spending.missing[0] ?? 'a part of the work had no price'}`, holds: false };
  return { kind: 'kept', percent, warnedPercent };
}

function exceeded({ amount, currency, onExceeded }: NonNullable<TrainingSpec['budget']>, { spent, reserve }: { spent: Money; reserve: Money }): string {
  const needed = compareMoney(reserve, '0') > 0 ? `, and what runs needs up to ${moneyText(reserve, currency)} to save and stop` : ', and the rest was kept to save and stop';
  const state = `${moneyText(spent, currency)} of the budget of ${moneyText(amount, currency)} are spent${compareMoney(spent, amount) >= 0 ? '' : needed}`;
  switch (onExceeded) {
    case 'Warn':
      return `${state}; it goes on, as budget.onExceeded is Warn`;
    case 'Suspend':
      return `${state}; checkpoints are saved and nothing is started. Raise spec.budget.amount to go on`;
    case 'Fail':
      return `${state}; it ends, as budget.onExceeded is Fail. With a higher amount, begun anew (on a cluster: deleted and applied again), it goes on where it was`;
  }
}
