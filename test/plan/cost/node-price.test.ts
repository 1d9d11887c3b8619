import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../../src/api/kubernetes.ts';
import type { Prices } from '../../../src/api/prices.ts';
import { listPrices } from '../../../src/plan/cost/list-prices.ts';
import type { Priced } from '../../../src/plan/cost/node-price.ts';
import { capacityTypeOf, priceOf } from '../../../src/plan/cost/node-price.ts';

const labels = { 'node.kubernetes.io/instance-type': 'p3.2xlarge', 'topology.kubernetes.io/region': 'us-east-1', 'topology.kubernetes.io/zone': 'us-east-1a' };
const spot = { ...labels, 'karpenter.sh/capacity-type': 'spot' };
const aNode = (own: Record<string, string>, annotations: Record<string, string> = {}): Node => ({ metadata: { name: 'gpu-1', labels: own, annotations } });
const prices = (...nodes: Prices['nodes']): Prices => ({ currency: 'USD', nodes });

const metered = new Map([['gpu-1', '0.917000']]);

const cases: readonly { name: string; node: Node; own?: Prices; openCost?: ReadonlyMap<string, string>; expected: Priced }[] = [
  { name: 'the table knows a node that is paid on demand', node: aNode(labels), expected: { perHour: '3.06', source: 'AWS on-demand list prices, Linux, us-east-1' } },
  { name: 'a spot node has another price, which the table does not know', node: aNode(spot), expected: { missing: 'Node gpu-1 (p3.2xlarge, Spot, us-east-1, us-east-1a) has no price' } },
  { name: 'so has one of another region', node: aNode({ ...labels, 'topology.kubernetes.io/region': 'eu-west-1', 'topology.kubernetes.io/zone': 'eu-west-1b' }), expected: { missing: 'Node gpu-1 (p3.2xlarge, OnDemand, eu-west-1, eu-west-1b) has no price' } },
  { name: 'one without labels has none', node: aNode({}), expected: { missing: 'Node gpu-1 (without labels of a cloud) has no price' } },
  { name: 'a price for every node holds for it', node: aNode({}), own: prices({ perHour: '0.40' }), expected: { perHour: '0.40', source: 'spec.prices' } },
  { name: "the training's own comes before the annotation", node: aNode(labels, { 'chex.dev/price-per-hour': '2.5' }), own: prices({ instanceType: 'p3.2xlarge', perHour: '1.10' }), expected: { perHour: '1.10', source: 'spec.prices' } },
  { name: 'the annotation comes before the table', node: aNode(labels, { 'chex.dev/price-per-hour': '2.5' }), expected: { perHour: '2.5', source: 'the annotation chex.dev/price-per-hour of the node' } },
  { name: 'OpenCost comes before the table', node: aNode(labels), openCost: metered, expected: { perHour: '0.917000', source: 'OpenCost' } },
  { name: 'OpenCost knows a spot node that the table does not', node: aNode(spot), openCost: metered, expected: { perHour: '0.917000', source: 'OpenCost' } },
  { name: 'the annotation comes before OpenCost', node: aNode(labels, { 'chex.dev/price-per-hour': '2.5' }), openCost: metered, expected: { perHour: '2.5', source: 'the annotation chex.dev/price-per-hour of the node' } },
  { name: 'a node that OpenCost does not know is looked up in the table', node: aNode(labels), openCost: new Map([['gpu-2', '1']]), expected: { perHour: '3.06', source: 'AWS on-demand list prices, Linux, us-east-1' } },
  { name: 'an annotation that is no price is no price', node: aNode(labels, { 'chex.dev/price-per-hour': 'abc' }), expected: { missing: 'Node gpu-1 (p3.2xlarge, OnDemand, us-east-1, us-east-1a) says chex.dev/price-per-hour: "abc", which is no decimal such as 3.06' } },
  { name: 'what says most of the node holds', node: aNode(spot), own: prices({ instanceType: 'p3.2xlarge', perHour: '3' }, { instanceType: 'p3.2xlarge', capacityType: 'Spot', zone: 'us-east-1a', perHour: '1.25' }, { capacityType: 'Spot', perHour: '2' }), expected: { perHour: '1.25', source: 'spec.prices' } },
  { name: 'of equal ones the first', node: aNode(labels), own: prices({ region: 'us-east-1', perHour: '1' }, { zone: 'us-east-1a', perHour: '2' }), expected: { perHour: '1', source: 'spec.prices' } },
  { name: 'where its own prices are in another currency, nothing of the table is added', node: aNode(labels), own: { currency: 'EUR', nodes: [{ instanceType: 'g5.xlarge', perHour: '1' }] }, expected: { missing: 'Node gpu-1 (p3.2xlarge, OnDemand, us-east-1, us-east-1a) has no price in spec.prices, and the operator\'s prices are in USD, not EUR' } },
];
for (const { name, node, own, openCost = new Map(), expected } of cases) {
  test(`priceOf(): ${name}`, () => assert.deepEqual(priceOf(node, { own, openCost, table: listPrices }), expected));
}

for (const [said, expected] of [
  [{ 'karpenter.sh/capacity-type': 'on-demand' }, 'OnDemand'],
  [{ 'karpenter.sh/capacity-type': 'reserved' }, 'Reserved'],
  [{ 'eks.amazonaws.com/capacityType': 'SPOT' }, 'Spot'],
  [{ 'eks.amazonaws.com/capacityType': 'ON_DEMAND' }, 'OnDemand'],
  [{ 'cloud.google.com/gke-spot': 'true' }, 'Spot'],
  [{ 'kubernetes.azure.com/scalesetpriority': 'spot' }, 'Spot'],
  [{ 'node.kubernetes.io/instance-type': 'n1-standard-4' }, 'OnDemand'],
  [{}, undefined],
] as const) {
  test(`capacityTypeOf() takes ${JSON.stringify(said)} for ${expected ?? 'unknown'}`, () => assert.equal(capacityTypeOf(said), expected));
}
