import type { Node, Pod } from '../../api/kubernetes.ts';
import { parseQuantity } from './quantity.ts';

/**
 * The part of a node that a Pod takes from everybody else, 0 to 1: the largest of its shares of CPU, memory and GPUs
 * (conventions.md, section 2.3). 1 where either does not say what it has: nobody else is known to use the node.
 */
export function nodeShare(pod: Pick<Pod, 'spec'>, { status }: Node): number {
  const requests = (pod.spec?.containers ?? []).flatMap(({ resources }) => Object.entries({ ...resources?.limits, ...resources?.requests }));
  const amounts = new Map<string, number>();
  for (const [name, quantity] of requests) amounts.set(name, (amounts.get(name) ?? 0) + parseQuantity(quantity));
  const shares = [...amounts].flatMap(([name, amount]) => {
    const share = amount / parseQuantity(status?.allocatable?.[name] ?? '');
    return Number.isFinite(share) ? [share] : [];
  });
  return shares.length === 0 ? 1 : Math.min(1, Math.max(...shares));
}
