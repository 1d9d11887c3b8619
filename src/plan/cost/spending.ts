import type { Node, Pod } from '../../api/kubernetes.ts';
import type { CountedPod, CostStatus } from '../../api/status.ts';
import type { Counts } from '../count-pods.ts';
import type { Money } from './money.ts';
import { sumOf } from './money.ts';
import type { Priced, PriceLists } from './node-price.ts';
import { currencyOf } from './node-price.ts';
import { podRate } from './pod-rate.ts';

/** What the Pods of a training have cost; null is unknown. */
export interface Spending {
  readonly currency: string;
  /** Of what has a price. */
  readonly spent: Money | null;
  readonly wasted: Money | null;
  /** Of the Pods that run now. */
  readonly ratePerHour: Money | null;
  /** Pod seconds without a price. */
  readonly unpricedSeconds: number;
  /** Who says the prices of the Pods that are there, each once. */
  readonly sources: readonly string[];
  /** Why Pods have no price, each reason once. */
  readonly missing: readonly string[];
}

/** The prices that hold for a training, in the one currency in which it is counted. */
export interface Pricing {
  readonly currency: string;
  readonly rateOf: (pod: Pick<Pod, 'spec'>) => Priced | null;
}

/** `counted` is what was counted before: its currency stays, since amounts of two cannot be added. */
export function pricingOf(lists: PriceLists, nodes: ReadonlyMap<string, Node>, counted: CostStatus | undefined): Pricing {
  const given = currencyOf(lists);
  const currency = counted?.spent === undefined ? given : counted.currency;
  const differs: Priced = { missing: `What was spent is counted in ${currency}, and the prices are in ${given} now: give spec.prices in ${currency}` };
  return { currency, rateOf: (pod) => (pod.spec?.nodeName === undefined ? null : currency === given ? podRate(pod, nodes, lists) : differs) };
}

/** `counts` of every step, `pods` those that are there. */
export function spendingOf(counts: readonly Counts[], pods: readonly Pod[], { currency, rateOf }: Pricing): Spending {
  const costs = counts.flatMap(({ cost }) => cost ?? []);
  const running = counts.flatMap((each) => each.pods ?? []).filter(({ seconds = 0 }) => seconds > 0);
  const over = counts.flatMap(({ unpriced = [] }) => unpriced);
  const unpriced = [...over, ...running.filter(({ rate }) => rate === undefined)].reduce((sum, { seconds = 0 }) => sum + seconds, 0);
  const places = [...pods, ...over.map(({ node }) => ({ spec: { nodeName: node } }))];
  const priced = places.map(rateOf).filter((each) => each !== null);
  return {
    currency,
    spent: costs.length === 0 ? null : sumOf(costs),
    wasted: costs.length === 0 ? null : sumOf(counts.flatMap(({ wasted }) => wasted ?? [])),
    ratePerHour: rateOfAll(running),
    unpricedSeconds: Math.round(unpriced * 10) / 10,
    sources: [...new Set(priced.flatMap((each) => ('missing' in each ? [] : each.source)))],
    missing: [...new Set(priced.flatMap((each) => ('missing' in each ? each.missing : [])))],
  };
}

function rateOfAll(running: readonly CountedPod[]): Money | null {
  const rates = running.flatMap(({ rate }) => rate ?? []);
  return rates.length < running.length ? null : sumOf(rates);
}
