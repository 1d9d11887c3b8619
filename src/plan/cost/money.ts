import { Decimal } from 'decimal.js';

/** An amount of a currency: a decimal with six digits after the point, such as `3.060000`. Sums of them are exact. */
export type Money = string;

const digits = 6;

/** What so many seconds cost at a price for an hour, rounded to the millionth. */
export function costOf(seconds: number, perHour: Money): Money {
  return new Decimal(perHour).times(seconds).div(3600).toFixed(digits);
}

export function sumOf(amounts: readonly Money[]): Money {
  return amounts.reduce((sum, amount) => sum.plus(amount), new Decimal(0)).toFixed(digits);
}

/** `amount` without `part`. */
export function less(amount: Money, part: Money): Money {
  return new Decimal(amount).minus(part).toFixed(digits);
}

export function times(amount: Money, factor: number): Money {
  return new Decimal(amount).times(factor).toFixed(digits);
}

/** Negative, 0 or positive, as for sorting. */
export function compareMoney(left: Money, right: Money): number {
  return new Decimal(left).cmp(right);
}

/** For people: with two digits, with four where it is less than one. */
export function moneyText(amount: Money, currency: string): string {
  const decimal = new Decimal(amount);
  return `${decimal.toFixed(decimal.abs().lt(1) && !decimal.isZero() ? 4 : 2)} ${currency}`;
}
