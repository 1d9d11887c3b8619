/** How figures are written for people, in HTML and Markdown alike. Unknown is a word, never 0. */
import { durationText } from '../api/duration.ts';

const unknown = 'unknown';

/** A share or an AUC to two decimals: 234 films do not bear a third. */
export function formatShare(value: number | null): string {
  return value === null ? '–' : value.toFixed(2);
}

/** `0.87 (0.84 to 0.90)`. */
export function formatAuc({ auc, aucLow, aucHigh }: { auc: number | null; aucLow: number | null; aucHigh: number | null }): string {
  if (auc === null) return '–';
  return aucLow === null || aucHigh === null ? formatShare(auc) : `${formatShare(auc)} (${formatShare(aucLow)} to ${formatShare(aucHigh)})`;
}

/** With its sign, three decimals: paired differences are finer than the figures they come from. */
export function formatDifference(value: number | null): string {
  if (value === null) return '–';
  const text = Math.abs(value).toFixed(3);
  if (Number(text) === 0) return '0.000';
  return value < 0 ? `−${text}` : `+${text}`;
}

/** A loss, at least three significant digits; those of a column stand below each other. */
export function formatLoss(value: number | null): string {
  if (value === null) return '–';
  return value >= 0.001 ? value.toFixed(value < 0.1 ? 5 : 4) : Number(value.toPrecision(3)).toString();
}

/** A score or a threshold: three decimals, so that those of a column stand below each other; three significant digits where it is tiny. */
export function formatScore(value: number | null): string {
  if (value === null) return '–';
  return value === 0 || value >= 0.001 ? value.toFixed(3) : Number(value.toPrecision(3)).toString();
}

/** `0.06697 / 0.06802`: training / validation. */
export function formatLosses({ train, validation }: { train: number | null; validation: number | null }): string {
  return `${formatLoss(train)} / ${formatLoss(validation)}`;
}

/** `13,942,403`. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** A rate or a similar measure: whole from 100 on, three significant digits below. */
export function formatRate(value: number): string {
  if (value >= 100) return formatCount(value);
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

/** `38 h 56 min`, `4 min 7 s` or `2.4 s`. */
export function formatSeconds(seconds: number | null): string {
  if (seconds === null) return unknown;
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  return durationText(seconds);
}

/** `12.40 USD`, and `0.0073 USD` where less than one is to be told from nothing. */
export function formatMoney(amount: number | null, currency: string | null): string {
  if (amount === null || currency === null) return unknown;
  const digits = amount !== 0 && Math.abs(amount) < 1 ? 4 : 2;
  return `${amount.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${currency}`;
}

/** `2026-11-23 07:05 UTC`. */
export function formatTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `1 film`, `2 films`. */
export function formatNumberOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
