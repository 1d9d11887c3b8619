import type { Node } from '../../api/kubernetes.ts';
import { chexAnnotations, nodeLabels } from '../../api/labels.ts';
import type { NodePrice, Prices } from '../../api/prices.ts';
import type { Money } from './money.ts';

/** Whose price it is that holds: the training's own, the node's annotation, OpenCost's by the node's name, the operator's table. */
export type PriceLists = { readonly own: Prices | undefined; readonly openCost?: ReadonlyMap<string, Money>; readonly table: Prices };

/** What an hour of a whole node costs and who says so, or why nobody knows. */
export type Priced = { readonly perHour: Money; readonly source: string } | { readonly missing: string };

/** From the training's own prices, else the node's annotation, else OpenCost, else the operator's table; never 0 for want of a price. */
export function priceOf(node: Node, { own, openCost, table }: PriceLists): Priced {
  const listed = own && bestOf(own.nodes, node);
  if (listed) return { perHour: listed.perHour, source: sourceOf(own) };
  // All others are in the table's currency: one of another cannot be added to the training's own.
  if (own !== undefined && own.currency !== table.currency) return { missing: `${describe(node)} has no price in spec.prices, and the operator's prices are in ${table.currency}, not ${own.currency}` };
  const noted = node.metadata.annotations?.[chexAnnotations.pricePerHour];
  if (noted !== undefined) return /^\d{1,9}(\.\d{1,6})?$/.test(noted) ? { perHour: noted, source: `the annotation ${chexAnnotations.pricePerHour} of the node` } : { missing: `${describe(node)} says ${chexAnnotations.pricePerHour}: ${JSON.stringify(noted.slice(0, 20))}, which is no decimal such as 3.06` };
  const metered = openCost?.get(node.metadata.name);
  if (metered !== undefined) return { perHour: metered, source: 'OpenCost' };
  const tabled = bestOf(table.nodes, node);
  return tabled ? { perHour: tabled.perHour, source: sourceOf(table) } : { missing: `${describe(node)} has no price` };
}

/** As reports name it. */
export function sourceOf({ source = 'spec.prices' }: Prices): string {
  return source;
}

/** The currency that holds for a training. */
export function currencyOf({ own, table }: PriceLists): string {
  return own?.currency ?? table.currency;
}

/** The price that says most of the node, the first of equal ones. */
function bestOf(prices: readonly NodePrice[], node: Node): NodePrice | undefined {
  const matching = prices.filter((price) => facts(node).every(([field, value]) => price[field] === undefined || price[field] === value));
  return matching.toSorted((left, right) => weight(right) - weight(left))[0];
}

function weight({ instanceType, capacityType, region, zone }: NodePrice): number {
  return [instanceType, capacityType, region, zone].filter((field) => field !== undefined).length;
}

function facts({ metadata: { labels = {} } }: Node) {
  return [
    ['instanceType', labels[nodeLabels.instanceType]],
    ['capacityType', capacityTypeOf(labels)],
    ['region', labels[nodeLabels.region]],
    ['zone', labels[nodeLabels.zone]],
  ] as const;
}

/** A node of a cloud that does not say it is paid on demand; of one that is in none it is not known. */
export function capacityTypeOf(labels: Readonly<Record<string, string>>): NodePrice['capacityType'] {
  const said = labels['karpenter.sh/capacity-type'] ?? labels['eks.amazonaws.com/capacityType'] ?? labels['cloud.google.com/gke-provisioning'] ?? labels['kubernetes.azure.com/scalesetpriority'];
  if (labels['cloud.google.com/gke-spot'] === 'true') return 'Spot';
  switch ((said ?? '').toLowerCase().replace('_', '-')) {
    case 'spot':
    case 'preemptible':
      return 'Spot';
    case 'on-demand':
    case 'standard':
    case 'regular':
      return 'OnDemand';
    case 'reserved':
    case 'capacity-block':
    case 'reservation':
      return 'Reserved';
    default:
      return labels[nodeLabels.instanceType] === undefined ? undefined : 'OnDemand';
  }
}

/** As somebody who looks for its price needs to know it. */
function describe(node: Node): string {
  const known = facts(node).flatMap(([, value]) => value ?? []);
  return `Node ${node.metadata.name} (${known.length === 0 ? 'without labels of a cloud' : known.join(', ')})`;
}
