import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../src/api/kubernetes.ts';
import type { StepRecord } from '../../src/api/status.ts';
import type { Counting } from '../../src/plan/count-pods.ts';
import { countPods } from '../../src/plan/count-pods.ts';
import { renderAnswer } from '../../src/plan/result.ts';
import { anAutoencoderResult } from '../results.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
/** Nobody knows a price, and nobody answers. */
const at = (milliseconds: number): Counting => ({ now: start + milliseconds, rateOf: () => undefined, rateOn: () => undefined, answers: new Map() });
const untouched: StepRecord = { state: 'active', run: 1, attempts: 0, seconds: 0 };

function aPod(uid: string, seconds: { from: number; to?: number; found?: boolean }): Pod {
  const at = (second: number) => new Date(start + second * 1000).toISOString();
  const terminated = seconds.to === undefined ? undefined : { exitCode: 0, message: renderAnswer({ result: anAutoencoderResult(), found: seconds.found === true }), finishedAt: at(seconds.to) };
  return {
    metadata: { name: uid, namespace: 'default', uid },
    status: { phase: terminated ? 'Succeeded' : 'Running', startTime: at(seconds.from), ...(terminated ? { containerStatuses: [{ name: 'worker', state: { terminated } }] } : {}) },
  };
}

test('countPods() counts each Pod once however often it is seen, and its seconds as they grow', () => {
  const first = { ...untouched, ...countPods(untouched, [aPod('a', { from: 0 })], at(10_000)) };
  const second = { ...first, ...countPods(first, [aPod('a', { from: 0 }), aPod('b', { from: 5 })], at(20_000)) };
  const third = { ...second, ...countPods(second, [aPod('a', { from: 0, to: 22 }), aPod('b', { from: 5 })], at(30_000)) };
  assert.deepEqual([first, second, third].map(({ attempts, seconds }) => [attempts, seconds]), [[1, 10], [2, 35], [2, 47]]);
});

test('countPods() keeps what was counted of a Pod that vanished', () => {
  const first = { ...untouched, ...countPods(untouched, [aPod('a', { from: 0 })], at(10_000)) };
  const { pods: _pods, ...gone } = { ...first, ...countPods(first, [], at(50_000)) };
  assert.deepEqual([gone.attempts, gone.seconds], [1, 10]);
  assert.deepEqual(countPods(gone, [aPod('b', { from: 50 })], at(60_000)), { attempts: 2, seconds: 20, unpriced: [{ node: '', seconds: 10 }], pods: [{ uid: 'b', seconds: 10 }] });
});

test('countPods() takes a Pod out again that answered from done.json, once', () => {
  const done = { ...untouched, attempts: 2, seconds: 30 };
  const first = { ...done, ...countPods(done, [aPod('a', { from: 0 })], at(5_000)) };
  const second = { ...first, ...countPods(first, [aPod('a', { from: 0, to: 6, found: true })], at(7_000)) };
  const third = { ...second, ...countPods(second, [aPod('a', { from: 0, to: 6, found: true })], at(9_000)) };
  assert.deepEqual([first, second, third].map(({ attempts, seconds }) => [attempts, seconds]), [[3, 35], [2, 30], [2, 30]]);
});
