import { describeFault } from './describe-fault.ts';
import type { Issue } from './parse.ts';
import type { Prices } from './prices.ts';
import { pricesSchema } from './prices.ts';

export type ParsedPrices = { readonly ok: true; readonly prices: Prices } | { readonly ok: false; readonly issues: readonly Issue[] };

/** A table of prices as a YAML reader gives it, or all of its faults. Never throws on bad input. */
export function parsePrices(input: unknown): ParsedPrices {
  const parsed = pricesSchema.safeParse(input, { reportInput: true });
  if (parsed.success) return { ok: true, prices: parsed.data };
  return { ok: false, issues: parsed.error.issues.flatMap((issue) => describeFault(issue, pricesSchema)).map(({ path, message }) => ({ path: path === '' ? 'the table' : path, message })) };
}
