import type { Network, Node } from './network.ts';

/** The nodes that a node needs where others are given, itself too; every node after those it reads. */
export function nodesBetween(network: Network, given: ReadonlySet<string>, to: string): readonly Node[] {
  const needed = new Set([to]);
  const nodes = network.nodes.toReversed().filter((node) => {
    if (given.has(node.name) || !needed.has(node.name)) return false;
    for (const input of node.inputs) needed.add(input);
    return true;
  });
  return nodes.reverse();
}
