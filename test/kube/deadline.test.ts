import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startDeadline } from '../../src/kube/deadline.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const fault = () => new Error('too late');
const never = new Promise<never>(() => {});

test('a deadline aborts its signal and its races when the time is up', async () => {
  const clock = new FakeClock();
  const deadline = startDeadline({ clock, milliseconds: 1000, fault });
  const race = assert.rejects(deadline.race(never), /too late/);
  await clock.advance(999);
  assert.equal(deadline.signal.aborted, false);
  assert.equal(deadline.left(), 1);
  await clock.advance(1);
  assert.match(String(deadline.signal.reason), /too late/);
  await race;
});

test('a deadline hands on the end that its caller wishes, with the reason', async () => {
  const caller = new AbortController();
  const deadline = startDeadline({ clock: new FakeClock(), milliseconds: 1000, signal: caller.signal, fault });
  const race = assert.rejects(deadline.race(never), /enough/);
  caller.abort(new Error('enough'));
  await race;
  assert.match(String(deadline.signal.reason), /enough/);
});

test('a deadline of a caller that has ended already is over', () => {
  const deadline = startDeadline({ clock: new FakeClock(), milliseconds: 1000, signal: AbortSignal.abort(new Error('enough')), fault });
  assert.match(String(deadline.signal.reason), /enough/);
});

test('a deadline that has ended lets its work be, and leaves nothing behind', async () => {
  const clock = new FakeClock();
  const caller = new AbortController();
  const deadline = startDeadline({ clock, milliseconds: 1000, signal: caller.signal, fault });
  assert.equal(await deadline.race(Promise.resolve('done')), 'done');
  deadline.end();
  assert.equal(clock.sleepers, 0);
  caller.abort();
  assert.equal(deadline.signal.aborted, false);
});
