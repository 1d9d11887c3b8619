import type { Clock } from './clock.ts';

/** Prices of nodes change by the hour at most; one that did not answer is asked again sooner. */
const freshMilliseconds = { known: 300_000, failed: 30_000 };
/** A pass waits for it: a Pod keeps the price with which it is first counted. */
const patienceMilliseconds = 3000;
/** Of a cluster with thousands of nodes; the other metrics of OpenCost stand in the same answer. */
const longestBytes = 64 * 2 ** 20;

export interface OpenCostOptions {
  /** Of its metrics: `http://opencost.opencost:9003/metrics`. */
  readonly url: string;
  readonly clock: Clock;
  /** It does not answer, or not as OpenCost does; told once until it answers again. */
  readonly onFault: (error: unknown) => void;
}

/**
 * What nodes cost by OpenCost, from its metric `node_total_hourly_cost` (opencost.io, "OpenCost metrics"), in the currency
 * that it is set up with. Nobody needs it to train: while it does not answer, the prices that it said last hold.
 */
export class OpenCost {
  readonly #options: OpenCostOptions;
  #prices: ReadonlyMap<string, string> = new Map();
  #freshUntil = -Infinity;
  #reading: Promise<void> | null = null;
  #hasFailed = false;

  constructor(options: OpenCostOptions) {
    this.#options = options;
  }

  /** What an hour of each node costs, a decimal, by the node's name. Never rejects. */
  async prices(): Promise<ReadonlyMap<string, string>> {
    if (this.#options.clock.now() >= this.#freshUntil) {
      this.#reading ??= this.#read().finally(() => (this.#reading = null));
      await this.#reading;
    }
    return this.#prices;
  }

  async #read(): Promise<void> {
    const { url, clock, onFault } = this.#options;
    try {
      this.#prices = parseNodePrices(await readText(url));
      this.#freshUntil = clock.now() + freshMilliseconds.known;
      this.#hasFailed = false;
    } catch (error) {
      this.#freshUntil = clock.now() + freshMilliseconds.failed;
      if (!this.#hasFailed) onFault(new Error(`Cannot read the prices of nodes from ${url}: ${reasonOf(error)}; until it answers, ${this.#prices.size > 0 ? 'those that it said last hold' : 'annotations and the table of prices hold'}`, { cause: error }));
      this.#hasFailed = true;
    }
  }
}

/**
 * The series of `node_total_hourly_cost` in Prometheus' text format. A node that OpenCost has no price for has 0 there,
 * which is left out: no node is free. Throws where there is none of them at all.
 */
export function parseNodePrices(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line.startsWith('node_total_hourly_cost{'));
  if (lines.length === 0) throw new Error('it has no metric node_total_hourly_cost, as OpenCost has');
  return new Map(lines.flatMap((line) => {
    const [, labels = '', value = ''] = /^node_total_hourly_cost\{(.*)\} (\S+)/.exec(line) ?? [];
    const node = /(?:^|,)node="([^"\\]+)"/.exec(labels)?.[1];
    // Six decimals, as all prices have; OpenCost writes floats: 0.5260000000000001, 1e-05.
    const price = Number(value).toFixed(6);
    return node !== undefined && Number(price) > 0 && Number(price) < 1e9 ? [[node, price] as const] : [];
  }));
}

async function readText(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(patienceMilliseconds) });
  if (!response.ok) throw new Error(`it answers with ${response.status}`);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    pieces.push(piece);
    bytes += piece.byteLength;
    if (bytes > longestBytes) throw new Error(`its answer is longer than ${longestBytes / 2 ** 20} MiB`);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** fetch() says no more than "fetch failed" itself. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${patienceMilliseconds / 1000} s`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}
