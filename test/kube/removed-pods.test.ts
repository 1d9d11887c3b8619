import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../src/api/kubernetes.ts';
import { RemovedPods } from '../../src/kube/removed-pods.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

function aPod(name: string, state: object): Pod {
  return { metadata: { namespace: 'default', name, uid: name, labels: { 'chex.dev/training': 'chest' } }, status: { phase: 'Failed', containerStatuses: [{ name: 'worker', state }] } } as Pod;
}

test('RemovedPods keeps for a minute those that had ended, of their training alone', async () => {
  const clock = new FakeClock();
  const removed = new RemovedPods(clock);
  removed.note(aPod('ended', { terminated: { exitCode: 143, finishedAt: '2026-01-01T00:00:00Z' } }));
  removed.note(aPod('by-force', { running: {} }));
  const names = (name: string) => removed.of({ namespace: 'default', name }).map(({ metadata }) => metadata.name);
  assert.deepEqual([names('chest'), names('another')], [['ended'], []]);
  await clock.advance(59_000);
  removed.note(aPod('later', { terminated: { exitCode: 0 } }));
  assert.deepEqual(names('chest'), ['ended', 'later']);
  await clock.advance(2_000);
  assert.deepEqual(names('chest'), ['later']);
});
