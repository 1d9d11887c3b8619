import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiFault } from '../../src/kube/api-fault.ts';
import type { CoreEvent, EventApi, ObjectReference } from '../../src/kube/event-api.ts';
import { EventRecorder } from '../../src/kube/event-recorder.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

/** The events of the cluster; `trouble` comes before each call and may reject or hang. */
class FakeEventApi implements EventApi {
  readonly events = new Map<string, CoreEvent>();
  trouble: () => Promise<void> = async () => {};

  async create(event: CoreEvent): Promise<void> {
    await this.trouble();
    if (!this.events.has(event.metadata.name)) this.events.set(event.metadata.name, event);
  }

  async patch({ metadata, count, lastTimestamp, message }: CoreEvent): Promise<boolean> {
    await this.trouble();
    const before = this.events.get(metadata.name);
    if (before) this.events.set(metadata.name, { ...before, count, lastTimestamp, message });
    return before !== undefined;
  }

  get told(): string[] {
    return [...this.events.values()].map(({ reason, message, count }) => `${count} x ${reason}: ${message}`);
  }
}

function aRecorder() {
  const clock = new FakeClock();
  const api = new FakeEventApi();
  const lost: string[] = [];
  const observer = { onLost: ({ message }: CoreEvent, error: unknown) => void lost.push(`${message}: ${error instanceof Error ? error.message : String(error)}`) };
  const now = () => Date.parse('2026-01-01T00:00:00Z') + clock.now();
  return { clock, api, lost, recorder: new EventRecorder({ api, clock, now, component: 'chex-operator', instance: 'chex-operator-1', observer }) };
}

const aTraining = (name = 'chest'): ObjectReference => ({ apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', namespace: 'hospital', name, uid: `uid of ${name}` });
const started = { type: 'Normal', reason: 'StepStarted', message: 'Catalog started' } as const;
const refused = new ApiFault({ code: 403, reason: 'Forbidden', message: 'no right to create events' });

test('EventRecorder writes an event about the object, and raises its count when it happens again', async () => {
  const { clock, api, recorder, lost } = aRecorder();
  recorder.record(aTraining(), started);
  await clock.advance(1000);
  recorder.record(aTraining(), started);
  await clock.advance(0);
  const [event, ...others] = [...api.events.values()];
  assert.deepEqual([others, lost], [[], []]);
  assert.deepEqual({ ...event, metadata: event?.metadata.namespace }, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: 'hospital',
    involvedObject: aTraining(),
    ...started,
    source: { component: 'chex-operator' },
    reportingComponent: 'chex-operator',
    reportingInstance: 'chex-operator-1',
    firstTimestamp: '2026-01-01T00:00:00.000Z',
    lastTimestamp: '2026-01-01T00:00:01.000Z',
    count: 2,
  });
  assert.match(event?.metadata.name ?? '', /^chest\.[0-9a-f]{16}$/);
});

test('EventRecorder writes an event anew that Kubernetes has forgotten', async () => {
  const { clock, api, recorder } = aRecorder();
  recorder.record(aTraining(), started);
  await clock.advance(0);
  api.events.clear();
  recorder.record(aTraining(), started);
  await clock.advance(0);
  assert.deepEqual(api.told, ['2 x StepStarted: Catalog started']);
});

test('EventRecorder writes in the order in which it was told, also after a fault, and makes nobody wait', async () => {
  const { clock, api, recorder, lost } = aRecorder();
  let faults = 2;
  api.trouble = async () => {
    if (faults > 0) throw new ApiFault({ code: 503, reason: 'Unavailable', message: `fault ${faults--}` });
  };
  for (const message of ['first', 'second', 'third', 'first']) recorder.record(aTraining(), { ...started, message });
  await clock.advance(19_999);
  assert.deepEqual(api.told, []);
  await clock.advance(1);
  assert.deepEqual([api.told, lost], [['2 x StepStarted: first', '1 x StepStarted: second', '1 x StepStarted: third'], []]);
});

test('EventRecorder gives an event up that is refused, at once, and one that fails twelve times; the next ones follow', async () => {
  const { clock, api, recorder, lost } = aRecorder();
  const faults: unknown[] = [refused, ...Array.from({ length: 12 }, () => new TypeError('no network'))];
  api.trouble = async () => {
    if (faults.length > 0) throw faults.shift();
  };
  for (const message of ['refused', 'unlucky', 'lucky']) recorder.record(aTraining(), { ...started, message });
  await clock.advance(110_000);
  assert.deepEqual([api.told, lost], [['1 x StepStarted: lucky'], ['refused: no right to create events', 'unlucky: no network']]);
});

test('EventRecorder holds a thousand events while the server hangs, and says which it lost', async () => {
  const { clock, api, recorder, lost } = aRecorder();
  let go = () => {};
  const hanging = new Promise<void>((resolve) => (go = resolve));
  api.trouble = () => hanging;
  for (let index = 0; index <= 1002; index += 1) recorder.record(aTraining(`training ${index}`), { ...started, message: `of ${index}` });
  assert.deepEqual(lost, ['of 1001', 'of 1002'].map((message) => `${message}: Cannot write the event: 1000 others wait already`));
  go();
  await recorder.stop();
  assert.equal(api.events.size, 1001);
  assert.equal(clock.sleepers, 0);
});

test('EventRecorder floods nobody: a loop of faults is 25 writes', async () => {
  const { clock, api, recorder } = aRecorder();
  let calls = 0;
  api.trouble = async () => void (calls += 1);
  for (let index = 0; index < 5000; index += 1) recorder.record(aTraining(), { type: 'Warning', reason: 'PassFailed', message: `fault ${index}` });
  await clock.advance(0);
  await recorder.stop();
  assert.equal(calls, 25);
  assert.equal(api.events.size, 10);
});

test('EventRecorder that stops writes what waits, and takes no more', async () => {
  const { recorder, api, lost } = aRecorder();
  for (const message of ['first', 'second']) recorder.record(aTraining(), { ...started, message });
  await recorder.stop();
  assert.equal(api.told.length, 2);
  recorder.record(aTraining(), { ...started, message: 'late' });
  assert.deepEqual([api.told.length, lost], [2, ['late: Cannot write the event: the recorder has stopped']]);
});

test('EventRecorder that stops while the server hangs gives up after 5 s, and says what it lost', async () => {
  const { clock, recorder, api, lost } = aRecorder();
  api.trouble = () => new Promise(() => {});
  for (const message of ['first', 'second']) recorder.record(aTraining(), { ...started, message });
  let isStopped = false;
  const stopping = recorder.stop().then(() => (isStopped = true));
  await clock.advance(4999);
  assert.equal(isStopped, false);
  await clock.advance(1);
  await stopping;
  assert.deepEqual(lost, ['second: Cannot write the event: the recorder stops, and waits no longer than 5 s']);
  assert.equal(clock.sleepers, 0);
});

test('EventRecorder that stops between two tries gives up after 5 s too', async () => {
  const { clock, recorder, api, lost } = aRecorder();
  let calls = 0;
  api.trouble = async () => {
    calls += 1;
    throw new TypeError('no network');
  };
  recorder.record(aTraining(), started);
  await clock.advance(0);
  const stopping = recorder.stop();
  await clock.advance(5000);
  await stopping;
  await clock.advance(60_000);
  assert.deepEqual([calls, lost], [1, ['Catalog started: Cannot write the event: the recorder stops, and waits no longer than 5 s']]);
});
