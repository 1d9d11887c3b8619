import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CoreEvent } from '../../src/kube/event-api.ts';
import { EventCorrelator } from '../../src/kube/event-correlator.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

let drafted = 0;

function anEvent({ object = 'chest', type = 'Warning', reason = 'StepFailed', message = 'it failed' }: { object?: string; type?: 'Normal' | 'Warning'; reason?: string; message?: string } = {}): CoreEvent {
  drafted += 1;
  const involvedObject = { apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', namespace: 'hospital', name: object, uid: `uid of ${object}` };
  const metadata = { namespace: 'hospital', name: `${object}.${drafted}` };
  const time = `time ${drafted}`;
  const source = { component: 'chex-operator' };
  return { apiVersion: 'v1', kind: 'Event', metadata, involvedObject, type, reason, message, source, reportingComponent: 'chex-operator', reportingInstance: 'one', firstTimestamp: time, lastTimestamp: time, count: 1 };
}

function aCorrelator() {
  const clock = new FakeClock();
  return { clock, correlator: new EventCorrelator(clock) };
}

test('EventCorrelator counts the same event again under its first name and time', () => {
  const { correlator } = aCorrelator();
  const first = anEvent();
  const again = anEvent();
  assert.deepEqual(correlator.correlate(first), first);
  assert.deepEqual(correlator.correlate(again), { ...again, metadata: first.metadata, firstTimestamp: first.firstTimestamp, count: 2 });
});

test('EventCorrelator takes another object, reason or message for another event', () => {
  const { correlator } = aCorrelator();
  const all = [anEvent(), anEvent({ object: 'lung' }), anEvent({ reason: 'StepLost' }), anEvent({ message: 'it failed again' })];
  assert.deepEqual(all.map((event) => correlator.correlate(event)), all);
});

test('EventCorrelator makes one event of similar ones from the tenth message on', () => {
  const { correlator } = aCorrelator();
  const written = Array.from({ length: 14 }, (_, index) => correlator.correlate(anEvent({ message: `attempt ${index + 1} failed` })));
  assert.deepEqual(written.slice(0, 9).map((event) => [event?.message, event?.count]), Array.from({ length: 9 }, (_, index) => [`attempt ${index + 1} failed`, 1]));
  assert.deepEqual(written.slice(9).map((event) => [event?.message, event?.count]), [10, 11, 12, 13, 14].map((attempt, index) => [`(combined from similar events): attempt ${attempt} failed`, index + 1]));
  assert.equal(new Set(written.slice(9).map((event) => event?.metadata.name)).size, 1);
  assert.deepEqual([correlator.correlate(anEvent({ message: 'attempt 9 failed' }))].map((event) => [event?.message, event?.count]), [['attempt 9 failed', 2]]);
  assert.equal(correlator.correlate(anEvent({ reason: 'Other', message: 'something else' }))?.message, 'something else');
});

test('EventCorrelator takes similar events apart again after ten minutes without any', async () => {
  const { correlator, clock } = aCorrelator();
  for (let index = 0; index < 12; index += 1) correlator.correlate(anEvent({ message: `attempt ${index}` }));
  await clock.advance(600_000);
  assert.match(correlator.correlate(anEvent({ message: 'within' }))?.message ?? '', /^\(combined/);
  await clock.advance(600_001);
  assert.equal(correlator.correlate(anEvent({ message: 'after' }))?.message, 'after');
});

test('EventCorrelator writes a warning of an object however much it has told of what goes well', () => {
  const { correlator } = aCorrelator();
  for (let step = 1; step <= 40; step += 1) correlator.correlate(anEvent({ type: 'Normal', reason: 'Started', message: `step ${step} started` }));
  assert.equal(correlator.correlate(anEvent({ type: 'Normal', reason: 'Resumed' })), null);
  assert.equal(correlator.correlate(anEvent({ reason: 'BudgetWarning', message: '50 % of the budget are reached' }))?.count, 1);
});

test('EventCorrelator lets 25 events of an object and type pass, then one in five minutes, which tells how many there were', async () => {
  const { correlator, clock } = aCorrelator();
  const written = Array.from({ length: 40 }, () => correlator.correlate(anEvent()));
  assert.deepEqual(written.map((event) => event?.count ?? null), Array.from({ length: 40 }, (_, index) => (index < 25 ? index + 1 : null)));
  assert.equal(correlator.correlate(anEvent({ reason: 'Other' })), null);
  assert.equal(correlator.correlate(anEvent({ object: 'lung' }))?.count, 1);
  await clock.advance(299_999);
  assert.equal(correlator.correlate(anEvent()), null);
  await clock.advance(1);
  assert.deepEqual([correlator.correlate(anEvent())?.count, correlator.correlate(anEvent())], [42, null]);
  await clock.advance(2 * 300_000);
  assert.deepEqual([1, 2, 3].map(() => correlator.correlate(anEvent())?.count ?? null), [44, 45, null]);
});

test('EventCorrelator remembers 4096 events and forgets the rest', () => {
  const { correlator } = aCorrelator();
  for (let index = 0; index <= 4096; index += 1) correlator.correlate(anEvent({ object: `training ${index}` }));
  assert.equal(correlator.correlate(anEvent({ object: 'training 4096' }))?.count, 2);
  assert.equal(correlator.correlate(anEvent({ object: 'training 0' }))?.count, 1);
});
