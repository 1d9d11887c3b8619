import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPace } from '../../src/training/pace.ts';

test('startPace: speed, the rest and the share of waiting are those of the last half minute', () => {
  let at = 0;
  const pace = startPace(() => at);
  assert.equal(pace(10, 1000, { waiting: 5000, stepping: 0 }), null);
  at = 10_000;
  assert.deepEqual(pace(110, 1000, { waiting: 6000, stepping: 9000 }), { imagesPerSecond: 10, remainingSeconds: 89, inputWaitRatio: 0.1 });
  at = 60_000;
  pace(410, 1000, { waiting: 6000, stepping: 19_000 });
  at = 80_000;
  // The marks before are older than half a minute.
  assert.deepEqual(pace(610, 1000, { waiting: 6000, stepping: 39_000 })?.inputWaitRatio, 0);
});
