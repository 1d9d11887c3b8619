import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { parsePrices } from '../api/parse-prices.ts';
import type { Prices } from '../api/prices.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';

/** A table of prices, as the operator and `chex plan` take it: YAML or JSON. Throws ExitError 78 with every fault of the file. */
export async function readPrices(file: string): Promise<Prices> {
  const fail = (why: string, cause?: unknown) => new ExitError(exitCodes.configuration, `Cannot count by the prices of ${file}: ${why}`, { cause });
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fail('it cannot be read; put the file there, or leave out --prices to count by the list prices that are built in', error);
  });
  let input: unknown;
  try {
    input = parse(text);
  } catch (error) {
    throw fail(`it is no YAML: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`, error);
  }
  const parsed = parsePrices(input);
  if (parsed.ok) return parsed.prices;
  throw fail(parsed.issues.map(({ path, message }) => `${path}: ${message}`).join('; '));
}
