import type { Prices } from '../../api/prices.ts';

/** Of the prices below. */
export const listRegion = 'us-east-1';

/** Whole nodes, paid on demand, for an hour. */
const perHour = {
  'p2.xlarge': '0.90',
  'p3.2xlarge': '3.06',
  'g4dn.xlarge': '0.526',
  'g5.xlarge': '1.006',
  'g6.xlarge': '0.805',
  'g6e.xlarge': '1.861',
  'g7e.2xlarge': '3.363',
  'p4d.24xlarge': '21.958',
  'p5.4xlarge': '6.88',
  'p5.48xlarge': '55.04',
  'p5en.48xlarge': '63.30',
  'p6-b200.48xlarge': '113.93',
  'm5.xlarge': '0.192',
  'c7i.4xlarge': '0.714',
  'c7g.4xlarge': '0.58',
  'c8g.4xlarge': '0.638',
};

/**
 * Prices that hold where nobody gives others. They are those of one cloud, region and day: for spot nodes, other regions
 * and machines of one's own the cost is unknown until a price is given.
 */
export const listPrices: Prices = {
  currency: 'USD',
  source: `AWS on-demand list prices, Linux, ${listRegion}`,
  date: '2026-07-20',
  nodes: Object.entries(perHour).map(([instanceType, price]) => ({ instanceType, capacityType: 'OnDemand' as const, region: listRegion, perHour: price })),
};
