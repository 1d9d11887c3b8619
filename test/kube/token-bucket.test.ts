import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBucket } from '../../src/kube/token-bucket.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

/** Takes so many tokens at once and notes when each came. */
function takeMany(bucket: TokenBucket, clock: FakeClock, count: number): number[] {
  const times: number[] = [];
  for (let token = 0; token < count; token += 1) void bucket.take().then(() => times.push(clock.now()));
  return times;
}

test('a TokenBucket lets a burst pass at once and then so many a second', async () => {
  const clock = new FakeClock();
  const times = takeMany(new TokenBucket({ clock, perSecond: 50, burst: 3 }), clock, 6);
  await clock.advance(1000);
  assert.deepEqual(times, [0, 0, 0, 20, 40, 60]);
});

test('a TokenBucket fills up to its burst and no further while nobody takes', async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket({ clock, perSecond: 10, burst: 2 });
  takeMany(bucket, clock, 4);
  await clock.advance(60_000);
  const times = takeMany(bucket, clock, 4);
  await clock.advance(1000);
  assert.deepEqual(times, [60_000, 60_000, 60_100, 60_200]);
});

test('take() says how long it waited', async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket({ clock, perSecond: 10, burst: 1 });
  const [first, second] = [bucket.take(), bucket.take()];
  await clock.advance(1000);
  assert.deepEqual([await first, await second], [0, 100]);
});

test('take() rejects with the reason of its signal, and its token goes to the next', async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket({ clock, perSecond: 10, burst: 1 });
  await bucket.take();
  const leaving = new AbortController();
  const left = assert.rejects(bucket.take(leaving.signal), /gone/);
  leaving.abort(new Error('gone'));
  await left;
  const next = bucket.take();
  await clock.advance(1000);
  assert.equal(await next, 100);
});

test('a TokenBucket with 0 a second holds nobody up', async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket({ clock, perSecond: 0, burst: 0 });
  assert.deepEqual(await Promise.all([bucket.take(), bucket.take()]), [0, 0]);
});
