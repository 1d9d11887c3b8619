import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeShare } from '../../../src/plan/cost/node-share.ts';
import { parseQuantity } from '../../../src/plan/cost/quantity.ts';

const node = { metadata: { name: 'gpu-1' }, status: { allocatable: { cpu: '7910m', memory: '60Gi', 'nvidia.com/gpu': '2', pods: '110' } } };
const pod = (requests: Record<string, string>, limits: Record<string, string> = {}) => ({ spec: { nodeName: 'gpu-1', containers: [{ resources: { requests, limits } }] } });

test('nodeShare() is the largest of the shares of CPU, memory and GPUs', () => {
  assert.equal(nodeShare(pod({ cpu: '791m', memory: '15Gi' }), node), 0.25);
  assert.equal(nodeShare(pod({ cpu: '791m', memory: '15Gi' }, { 'nvidia.com/gpu': '1' }), node), 0.5);
  assert.equal(nodeShare(pod({ cpu: '3955m', memory: '1Gi' }), node), 0.5);
});

test('nodeShare() is the whole node where nobody says what it has, and never more', () => {
  assert.equal(nodeShare(pod({ cpu: '1' }), { metadata: { name: 'gpu-1' } }), 1);
  assert.equal(nodeShare({ spec: { nodeName: 'gpu-1' } }, node), 1);
  assert.equal(nodeShare(pod({ cpu: '16' }), node), 1);
});

for (const [text, expected] of [['2', 2], ['500m', 0.5], ['1.5Gi', 1.5 * 2 ** 30], ['64M', 64e6], ['1e3', 1000], ['12E', 12e18], ['', NaN], ['4 Gi', NaN], ['4Gx', NaN], ['abc', NaN]] as const) {
  test(`parseQuantity() reads ${JSON.stringify(text)} as ${expected}`, () => assert.equal(parseQuantity(text), expected));
}
