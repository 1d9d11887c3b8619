import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObservationStatus, TrainingStatus } from '../../src/api/status.ts';
import { isEqual } from '../../src/plan/is-equal.ts';
import { isWorthWriting } from '../../src/plan/is-worth-writing.ts';

const edema: ObservationStatus = { observation: 'Edema', state: 'active', run: 1, attempts: 1, seconds: 10, progress: 0.5 };
const written: TrainingStatus = {
  observedGeneration: 1,
  conditions: [],
  stage: 'autoencoders',
  progress: 0.5,
  progressPercent: '',
  failed: '',
  workedSeconds: 10,
  updateTime: '2026-01-01T00:00:00Z',
  workerImage: '',
  operatorVersion: '',
  classes: '0/1',
  message: '',
  stages: [],
  observations: [edema],
};

for (const { name, seconds, change, isWorth } of [
  { name: 'at once at a change of state', seconds: 0, change: { observations: [{ ...edema, state: 'failed' as const }] }, isWorth: true },
  { name: 'at once when a Job was seen', seconds: 0, change: { observations: [{ ...edema, job: { name: 'j', uid: 'u' } }] }, isWorth: true },
  { name: 'at once when an attempt started', seconds: 0, change: { observations: [{ ...edema, attempts: 2 }] }, isWorth: true },
  { name: 'not within ten seconds of the last, however far it came', seconds: 9, change: { progress: 0.9 }, isWorth: false },
  { name: 'after ten seconds with a hundredth of progress', seconds: 10, change: { progress: 0.51 }, isWorth: true },
  { name: 'not after ten seconds with less', seconds: 29, change: { progress: 0.509 }, isWorth: false },
  { name: 'after ten seconds when a step says why it waits', seconds: 10, change: { observations: [{ ...edema, message: 'no node is free' }] }, isWorth: true },
  { name: 'after half a minute with any change', seconds: 30, change: { observations: [{ ...edema, seconds: 40 }] }, isWorth: true },
  { name: 'never when nothing changed', seconds: 3600, change: {}, isWorth: false },
]) {
  test(`isWorthWriting() writes ${name}`, () => {
    const computed = { ...written, ...change, updateTime: new Date(Date.parse(written.updateTime) + seconds * 1000).toISOString() };
    assert.equal(isWorthWriting(written, computed), isWorth);
  });
}

test('isWorthWriting() writes the first status', () => assert.equal(isWorthWriting(null, written), true));

test('isEqual() compares JSON values whatever the order of their keys', () => {
  assert.ok(isEqual({ a: [1, { b: null }], c: undefined }, { a: [1, { b: null }] }));
  for (const [left, right] of [[{ a: 1 }, { a: 2 }], [{ a: 1 }, { a: 1, b: 2 }], [[1, 2], [1]], [[], {}], [null, {}], ['1', 1]]) assert.ok(!isEqual(left, right));
});
