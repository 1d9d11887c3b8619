import type { Node, Pod } from '../../api/kubernetes.ts';
import type { Priced, PriceLists } from './node-price.ts';
import { priceOf } from './node-price.ts';
import { nodeShare } from './node-share.ts';
import { times } from './money.ts';

/** What an hour of a Pod costs: the price of its node times its share of it. null as long as no node has taken it. */
export function podRate(pod: Pick<Pod, 'spec'>, nodes: ReadonlyMap<string, Node>, lists: PriceLists): Priced | null {
  const name = pod.spec?.nodeName;
  if (name === undefined) return null;
  const node = nodes.get(name);
  if (node === undefined) return anyNode(name, lists);
  const price = priceOf(node, lists);
  return 'missing' in price ? price : { ...price, perHour: times(price.perHour, nodeShare(pod, node)) };
}

/** A node that cannot be read: only a price for every node holds for it, and the whole of it. */
function anyNode(name: string, lists: PriceLists): Priced {
  const price = priceOf({ metadata: { name } }, lists);
  return 'missing' in price ? { missing: `Node ${name} cannot be read, so its price is not known` } : price;
}
