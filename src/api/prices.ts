/** What nodes cost: the form of `spec.prices` and of the operator's table of prices. */
import { z } from 'zod';
import { patterned } from './pattern.ts';

const label = (text: string) => z.string().min(1).max(63).optional().describe(text);

/** A price of a node and hour, and the nodes it is for: those whose labels are as it says. */
const nodePrice = z.strictObject({
  instanceType: label('Label node.kubernetes.io/instance-type of the node, such as g5.xlarge; absent matches every node.'),
  capacityType: z.enum(['OnDemand', 'Spot', 'Reserved']).optional().describe('How the node is paid for, by the labels of Karpenter, EKS, GKE and AKS; absent matches all.'),
  region: label('Label topology.kubernetes.io/region of the node; absent matches all.'),
  zone: label('Label topology.kubernetes.io/zone of the node; absent matches all.'),
  perHour: patterned({ form: /^[0-9]{1,9}(\.[0-9]{1,6})?$/, message: 'must be a decimal such as "3.06", with at most six digits after the point' }, 20).describe('Price of the whole node for an hour, a decimal such as "3.06".'),
});

export const currencyCode = patterned({ form: /^[A-Z]{3}$/, message: 'must be a currency code such as USD' }, 32);

/** Prices in one currency. Of those that match a node, the one that says most of it holds; of equal ones the first. */
export const pricesSchema = z.strictObject({
  currency: currencyCode.default('USD').describe('ISO 4217 code of every price.'),
  source: z.string().max(128).optional().describe('Where the prices come from, for the report.'),
  date: patterned({ form: /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/, message: 'must be a date such as 2026-07-20' }, 32).optional().describe('Day on which they held.'),
  nodes: z.array(nodePrice).min(1).max(256).describe('Prices of nodes.'),
});

export type Prices = z.output<typeof pricesSchema>;
export type NodePrice = Prices['nodes'][number];
