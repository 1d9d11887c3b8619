import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { Shape } from '../../src/kube/project.ts';
import type { ReflectorObserver } from '../../src/kube/reflector.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { jobShape } from '../../src/kube/shapes.ts';
import type { Change, KubeObject } from '../../src/kube/store.ts';
import { Store } from '../../src/kube/store.ts';
import { Transport } from '../../src/kube/transport.ts';
import type { ApiStub, Reply } from '../fakes/api-stub.ts';
import { page, refusal, reset, stall, startApiStub, status, truncate, watch, watchText } from '../fakes/api-stub.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { aJob } from './a-job.ts';

const path = '/apis/batch/v1/jobs';
const added = (object: KubeObject) => ({ type: 'ADDED', object });
const modified = (object: KubeObject) => ({ type: 'MODIFIED', object });
const deleted = (object: KubeObject) => ({ type: 'DELETED', object });
const bookmark = (resourceVersion: string) => ({ type: 'BOOKMARK', object: { kind: 'Job', metadata: { resourceVersion } } });
const gone = { type: 'ERROR', object: status(410, 'Expired') };
const job = { namespace: 'default', name: 'a' };

interface AnObject extends KubeObject {
  readonly kind?: string;
}

const shape: Shape<AnObject> = { kind: true, metadata: jobShape.metadata };

/** A reflector under way, and everything a test looks at. */
interface Bench {
  readonly stub: ApiStub;
  readonly clock: FakeClock;
  readonly store: Store<AnObject>;
  readonly reflector: Reflector<AnObject>;
  /** `Added a@1`, with `initially` where it was so. */
  readonly changes: string[];
  readonly faults: Parameters<ReflectorObserver['onFault']>[0][];
  readonly handlerFaults: unknown[];
  readonly stopping: AbortController;
  readonly ended: Promise<void>;
}

async function startBench(context: TestContext, { lists = [], watches = [], onChange = () => {} }: { lists?: Reply[]; watches?: Reply[]; onChange?: (change: Change<AnObject>) => void } = {}): Promise<Bench> {
  const stub = await startApiStub(context);
  stub.next('list', ...lists);
  stub.next('watch', ...watches);
  const [clock, store, stopping] = [new FakeClock(), new Store<AnObject>(), new AbortController()];
  const [changes, faults, handlerFaults]: [string[], Bench['faults'], unknown[]] = [[], [], []];
  const transport = new Transport({ connection: stub.connect(), clock, userAgent: 'chex-operator/test', limit: { perSecond: 0, burst: 0 }, mayWrite: () => true, random: () => 0, observer: { onAnswer: () => {}, onRetry: () => {}, onTurn: () => {} } });
  const reflector = new Reflector<AnObject>({
    transport,
    clock,
    store,
    shape,
    resource: { path, labelSelector: 'app.kubernetes.io/managed-by=chex-operator' },
    onChange: (change, isInitial) => {
      changes.push(`${change.kind} ${change.object.metadata.name}@${change.object.metadata.resourceVersion}${isInitial ? ' initially' : ''}`);
      return onChange(change);
    },
    observer: { onFault: (fault) => faults.push(fault), onHandlerFault: (error) => handlerFaults.push(error) },
    random: () => 0,
  });
  const ended = reflector.run(stopping.signal);
  context.after(async () => {
    stopping.abort();
    await ended;
  });
  return { stub, clock, store, reflector, changes, faults, handlerFaults, stopping, ended };
}

async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits for the fault of this number (1 = the first) and for the pause after it; gives its seconds. */
async function passFault({ faults, clock }: Bench, number: number): Promise<number> {
  await eventually(() => faults.length === number);
  const seconds = faults[number - 1]?.pauseSeconds ?? 0;
  await clock.advance(seconds * 1000);
  return seconds;
}

/** Versions from which the watches went on. */
const watchedFrom = ({ stub }: Bench) => stub.requests.filter(({ kind }) => kind === 'watch').map(({ query }) => query['resourceVersion']);

test('a reflector lists, watches from there, and keeps the store equal', async (context) => {
  const bench = await startBench(context, { lists: [page([aJob('a'), aJob('b')], '5')] });
  const { stub, store, reflector, changes } = bench;
  assert.equal(reflector.hasSynced, false);
  await reflector.synced;
  assert.equal(reflector.hasSynced, true);
  await stub.until(() => stub.watches.length === 1);
  stub.send(modified(aJob('a', { version: '6' })), deleted(aJob('b', { version: '7' })), added(aJob('c', { version: '8' })));
  await eventually(() => changes.length === 5);
  assert.deepEqual(changes, ['Added a@1 initially', 'Added b@1 initially', 'Updated a@6', 'Deleted b@7', 'Added c@8']);
  assert.deepEqual([store.list().map(({ metadata }) => metadata.name), store.version], [['a', 'c'], 8n]);
  assert.deepEqual(stub.requests.map(({ path: asked, query }) => [asked, query]), [
    [path, { labelSelector: 'app.kubernetes.io/managed-by=chex-operator', limit: '500' }],
    [path, { labelSelector: 'app.kubernetes.io/managed-by=chex-operator', watch: 'true', allowWatchBookmarks: 'true', resourceVersion: '5', timeoutSeconds: '120' }],
  ]);
});

test('an object looks the same from list and watch: with its kind, without what its shape does not name', async (context) => {
  const whole = { ...aJob('a', { managedFields: [{}] }), newField: 1 };
  const { stub, store, changes } = await startBench(context, { lists: [page([whole], '5')] });
  await stub.until(() => stub.watches.length === 1);
  const listed = store.get(job);
  const expected = { kind: 'Job', ...aJob('a') };
  assert.deepEqual(listed, expected);
  stub.send(modified({ apiVersion: 'batch/v1', kind: 'Job', ...whole, metadata: { ...whole.metadata, resourceVersion: '6' } } as KubeObject));
  await eventually(() => changes.length === 2);
  assert.deepEqual(store.get(job), { ...expected, metadata: { ...expected.metadata, resourceVersion: '6' } });
});

test('10,000 Jobs come in pages of 500, and are told once all are there', async (context) => {
  const jobs = Array.from({ length: 10_000 }, (_, index) => aJob(`job-${index}`));
  const pages = Array.from({ length: 20 }, (_, index) => page(jobs.slice(index * 500, (index + 1) * 500), '77', index < 19 ? `after-${index}` : ''));
  const { stub, store, reflector, changes } = await startBench(context, { lists: pages });
  await reflector.synced;
  assert.equal(changes.length, 10_000);
  const lists = stub.requests.filter(({ kind }) => kind === 'list').map(({ query }) => query['continue']);
  assert.deepEqual(lists, [undefined, ...Array.from({ length: 19 }, (_, index) => `after-${index}`)]);
  assert.equal(store.version, 77n);
});

test('a list whose continue token has expired begins anew', async (context) => {
  const bench = await startBench(context, { lists: [page([aJob('a')], '5', 'rest'), refusal(410, 'Expired'), page([aJob('b')], '6')] });
  await passFault(bench, 1);
  await bench.reflector.synced;
  assert.deepEqual([bench.changes, bench.stub.count('list')], [['Added b@1 initially'], 3]);
});

/** What ends a watch, and that the next one goes on where it was, without a new list. */
const breaks: readonly { readonly name: string; readonly watches: Reply[]; readonly faults: number }[] = [
  { name: 'is reset', watches: [(response, request) => (watch(modified(aJob('a', { version: '6' })))(response, request), setImmediate(() => response.socket?.resetAndDestroy()))], faults: 1 },
  { name: 'ends in half a line', watches: [watchText(`${JSON.stringify(modified(aJob('a', { version: '6' })))}\n{"type":"MODI`)], faults: 1 },
  { name: 'sends a line that is no JSON', watches: [watchText(`${JSON.stringify(modified(aJob('a', { version: '6' })))}\n<html>\n`)], faults: 1 },
  { name: 'sends what is no event', watches: [watch(modified(aJob('a', { version: '6' })), { type: 'SURPRISE', object: {} })], faults: 1 },
  { name: 'is followed by a 500, a reset and a 503', watches: [watchText(`${JSON.stringify(modified(aJob('a', { version: '6' })))}\n`), refusal(500, 'InternalError'), reset, refusal(503, 'ServiceUnavailable')], faults: 4 },
];

for (const { name, watches, faults } of breaks) {
  test(`a watch that ${name} goes on from the last version, without a new list`, async (context) => {
    const bench = await startBench(context, { lists: [page([aJob('a')], '5')], watches });
    for (let fault = 1; fault <= faults; fault += 1) await passFault(bench, fault);
    await bench.stub.until(() => bench.stub.watches.length === 1 && bench.stub.count('watch') === watches.length + 1);
    bench.stub.send(modified(aJob('a', { version: '9' })));
    await eventually(() => bench.changes.length === 3);
    assert.deepEqual(bench.changes, ['Added a@1 initially', 'Updated a@6', 'Updated a@9']);
    assert.deepEqual([bench.stub.count('list'), watchedFrom(bench).at(-1)], [1, '6']);
  });
}

test('a bookmark moves the version on, and a watch goes on from it', async (context) => {
  const bench = await startBench(context, { lists: [page([], '5')], watches: [watchText(`${JSON.stringify(bookmark('99'))}\n`)] });
  await passFault(bench, 1);
  await bench.stub.until(() => bench.stub.count('watch') === 2);
  assert.deepEqual([watchedFrom(bench), bench.changes, bench.store.version], [['5', '99'], [], 99n]);
});

for (const [name, expired] of [['in its header', refusal(410, 'Expired')], ['in its stream', watch(gone)]] as const) {
  test(`a watch that answers 410 ${name} means one new list, of which only the differences are told`, async (context) => {
    const first = page([aJob('same'), aJob('a', { uid: '1' }), aJob('old')], '5');
    const second = page([aJob('same'), aJob('a', { uid: '2', version: '8' }), aJob('new', { version: '9' })], '10');
    const bench = await startBench(context, { lists: [first, second], watches: [expired] });
    await passFault(bench, 1);
    await bench.stub.until(() => bench.stub.count('watch') === 2);
    assert.deepEqual(bench.changes.slice(3), ['Deleted old@1', 'Deleted a@1', 'Added a@8', 'Added new@9']);
    assert.deepEqual([bench.stub.count('list'), watchedFrom(bench)], [2, ['5', '10']]);
  });
}

test('an object deleted and created anew between two watches is a Deleted and an Added', async (context) => {
  const bench = await startBench(context, { lists: [page([aJob('a', { uid: '1' })], '5')], watches: [watch(added(aJob('a', { uid: '2', version: '7' })))] });
  await eventually(() => bench.changes.length === 3);
  assert.deepEqual(bench.changes, ['Added a@1 initially', 'Deleted a@1', 'Added a@7']);
  assert.equal(bench.store.get(job)?.metadata.uid, '2');
});

test('a first list that is refused with Retry-After comes again after it, and not before', async (context) => {
  const bench = await startBench(context, { lists: [refusal(429, 'TooManyRequests', { retryAfterSeconds: 40 }), page([aJob('a')], '5')] });
  await eventually(() => bench.faults.length === 1);
  await bench.clock.advance(39_999);
  assert.deepEqual([bench.stub.count('list'), bench.reflector.hasSynced], [1, false]);
  await bench.clock.advance(1);
  await bench.reflector.synced;
  assert.deepEqual(bench.changes, ['Added a@1 initially']);
});

test('a first list that breaks in the middle is made again', async (context) => {
  const bench = await startBench(context, { lists: [truncate, page([aJob('a')], '5')] });
  await eventually(() => bench.clock.sleepers === 2);
  await bench.clock.advance(200);
  await bench.reflector.synced;
  assert.deepEqual(bench.changes, ['Added a@1 initially']);
});

test('a list that is never answered is given up after 30 s and made again', async (context) => {
  const bench = await startBench(context, { lists: [stall, page([aJob('a')], '5')] });
  await bench.stub.until(() => bench.stub.count('list') === 1);
  await bench.clock.advance(30_000);
  await passFault(bench, 1);
  await bench.reflector.synced;
  assert.deepEqual(bench.changes, ['Added a@1 initially']);
});

test('a watch that has fallen silent is given up 15 s after its end, and goes on from the last version', async (context) => {
  const bench = await startBench(context, { lists: [page([], '5')] });
  await bench.stub.until(() => bench.stub.watches.length === 1);
  await bench.clock.advance(134_999);
  assert.equal(bench.faults.length, 0);
  await bench.clock.advance(1);
  await passFault(bench, 1);
  await bench.stub.until(() => bench.stub.count('watch') === 2);
  assert.deepEqual([bench.stub.count('list'), watchedFrom(bench)], [1, ['5', '5']]);
});

test('a watch that the server ends in its time is followed by the next at once', async (context) => {
  const bench = await startBench(context, { lists: [page([], '5')] });
  await bench.stub.until(() => bench.stub.watches.length === 1);
  await bench.clock.advance(120_000);
  bench.stub.watches[0]?.end();
  await bench.stub.until(() => bench.stub.count('watch') === 2);
  assert.deepEqual([bench.faults, bench.clock.now()], [[], 120_000]);
});

test('a server that ends each watch at once is asked less and less often, and not for lists', async (context) => {
  const bench = await startBench(context, { lists: [page([], '5')], watches: Array.from({ length: 9 }, () => watchText('')) });
  const pauses: number[] = [];
  for (let fault = 1; fault <= 9; fault += 1) pauses.push(await passFault(bench, fault));
  assert.deepEqual(pauses, [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30]);
  assert.equal(String(bench.faults[0]?.error), `Error: Cannot watch ${path}: the server ends each watch at once`);
  await bench.stub.until(() => bench.stub.count('watch') === 10);
  assert.equal(bench.stub.count('list'), 1);
  // A watch that has held for a while shows that all is well again.
  await bench.clock.advance(30_000);
  bench.stub.watches[0]?.socket?.resetAndDestroy();
  assert.equal(await passFault(bench, 10), 0.8);
});

test('a handler that throws, or rejects, loses nothing for the others', async (context) => {
  const bench = await startBench(context, {
    lists: [page([aJob('a'), aJob('b')], '5')],
    onChange: ({ object }) => {
      if (object.metadata.name === 'a') throw new Error('no');
      return Promise.reject(new Error('neither')) as never;
    },
  });
  await bench.stub.until(() => bench.stub.watches.length === 1);
  bench.stub.send(modified(aJob('a', { version: '6' })));
  await eventually(() => bench.changes.length === 3 && bench.handlerFaults.length === 3);
  assert.deepEqual(bench.handlerFaults.map(String).sort(), ['Error: neither', 'Error: no', 'Error: no']);
  assert.deepEqual([bench.store.version, bench.faults], [6n, []]);
});

/** Everything is over: nothing waits, no request is under way, the server hears no more, and the stop is no fault. */
async function assertStopped({ stub, clock, ended, changes, faults }: Bench): Promise<void> {
  await ended;
  const [requests, told] = [stub.requests.length, changes.length];
  await stub.until(() => stub.underWay === 0);
  assert.equal(clock.sleepers, 0);
  await clock.advance(600_000);
  assert.deepEqual([stub.requests.length, changes.length, faults], [requests, told, []]);
}

test('a stop while the first list is under way opens no watch', async (context) => {
  const bench = await startBench(context, { lists: [stall] });
  await bench.stub.until(() => bench.stub.count('list') === 1);
  bench.stopping.abort();
  await assertStopped(bench);
  assert.equal(bench.stub.count('watch'), 0);
});

test('a stop while it pauses ends the pause', async (context) => {
  const bench = await startBench(context, { lists: [refusal(403, 'Forbidden')] });
  await eventually(() => bench.faults.length === 1);
  bench.stopping.abort();
  await bench.ended;
  assert.deepEqual([bench.clock.sleepers, bench.stub.count('list')], [0, 1]);
});

test('a stop while it watches ends the watch', async (context) => {
  const bench = await startBench(context);
  await bench.stub.until(() => bench.stub.watches.length === 1);
  bench.stopping.abort();
  await assertStopped(bench);
});

test('a stop between two events of one chunk holds the second back', async (context) => {
  const bench: Bench = await startBench(context, { onChange: () => bench.stopping.abort() });
  await bench.stub.until(() => bench.stub.watches.length === 1);
  bench.stub.send(added(aJob('a', { version: '6' })), added(aJob('b', { version: '7' })));
  await assertStopped(bench);
  assert.deepEqual(bench.changes, ['Added a@6']);
});

test('a reflector that is stopped before it starts asks nothing', async (context) => {
  const { stub, clock, reflector, stopping, ended } = await startBench(context);
  stopping.abort();
  await ended;
  const asked = stub.requests.length;
  await reflector.run(AbortSignal.abort());
  assert.deepEqual([stub.requests.length, clock.sleepers], [asked, 0]);
});
