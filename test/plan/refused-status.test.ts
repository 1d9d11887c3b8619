import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEqual } from '../../src/plan/is-equal.ts';
import { refusedStatus } from '../../src/plan/refused-status.ts';
import { aTraining } from '../builders.ts';
import { conditionOf, drive, stateOf } from '../fakes/drive.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';

const now = Date.parse('2026-01-02T00:00:00Z');

test('refusedStatus() keeps what is known and moves the time of the condition only when it turns', async () => {
  const cluster = new FakeCluster(aTraining({ observations: ['Edema'] }));
  const before = await drive(cluster, { until: (status) => stateOf(status, 'Edema') === 'active' });
  const { metadata } = cluster.training;
  const refused = refusedStatus({ metadata, status: before }, { message: 'Cannot', now });
  assert.deepEqual({ ...refused, conditions: refused.conditions.slice(1) }, { ...before, message: 'Cannot', conditions: before.conditions.slice(1) });
  const condition = { type: 'Accepted', status: 'False', reason: 'Invalid', message: 'Cannot', observedGeneration: metadata.generation, lastTransitionTime: '2026-01-02T00:00:00.000Z' };
  assert.deepEqual(conditionOf(refused, 'Accepted'), condition);
  assert.ok(isEqual(refusedStatus({ metadata, status: refused }, { message: 'Cannot', now: now + 1000 }), refused), 'a second look changes nothing');
  const otherwise = refusedStatus({ metadata, status: refused }, { message: 'Otherwise', now: now + 1000 });
  assert.deepEqual(conditionOf(otherwise, 'Accepted'), { ...condition, message: 'Otherwise' });
});

test('refusedStatus() of a training that has not begun freezes nothing and records no image', () => {
  const { metadata } = aTraining({});
  const refused = refusedStatus({ metadata }, { message: `Cannot ${'x'.repeat(300)}`, now });
  assert.deepEqual([refused.startTime, refused.workerImage, refused.stages], [undefined, '', []]);
  assert.equal(conditionOf(refused, 'Reconciling')?.status, 'True');
  assert.ok(refused.message.length <= 256);
});
