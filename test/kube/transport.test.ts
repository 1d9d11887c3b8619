import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { ApiFault } from '../../src/kube/api-fault.ts';
import type { ApiRequest } from '../../src/kube/api-request.ts';
import type { Connection } from '../../src/kube/connection.ts';
import { connectTo } from '../../src/kube/connection.ts';
import type { Answer } from '../../src/kube/request-observer.ts';
import type { TransportOptions } from '../../src/kube/transport.ts';
import { Transport } from '../../src/kube/transport.ts';
import type { ApiStub, Reply } from '../fakes/api-stub.ts';
import { json, refusal, reset, stall, startApiStub, truncate, watch, watchText } from '../fakes/api-stub.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const jobs = '/apis/batch/v1/namespaces/default/jobs';
const get: ApiRequest = { method: 'GET', path: `${jobs}/one` };
const create: ApiRequest = { method: 'POST', path: jobs, body: { metadata: { name: 'one' } } };
const apply: ApiRequest = { method: 'PATCH', path: `${jobs}/one/status`, body: { metadata: { resourceVersion: '7' } }, contentType: 'application/apply-patch+yaml' };
const merge: ApiRequest = { method: 'PATCH', path: `${jobs}/one`, body: { count: 2 }, contentType: 'application/merge-patch+json' };
const replace: ApiRequest = { method: 'PUT', path: `${jobs}/one`, body: { metadata: { resourceVersion: '7' } } };
const remove: ApiRequest = { method: 'DELETE', path: `${jobs}/one`, body: { preconditions: { uid: 'u1' } } };
const removeAny: ApiRequest = { method: 'DELETE', path: `${jobs}/one`, body: {} };

/** Everything a test looks at. */
interface Bench {
  readonly stub: ApiStub;
  readonly clock: FakeClock;
  readonly transport: Transport;
  readonly answers: Answer[];
  readonly retries: string[];
  readonly turns: number[];
}

async function startBench(context: TestContext, options: Partial<TransportOptions> & { connect?: (stub: ApiStub) => Connection } = {}): Promise<Bench> {
  const stub = await startApiStub(context);
  const clock = new FakeClock();
  const answers: Answer[] = [];
  const retries: string[] = [];
  const turns: number[] = [];
  const observer = { onAnswer: (answer: Answer) => answers.push(answer), onRetry: ({ code }: { code: string }) => retries.push(code), onTurn: ({ seconds }: { seconds: number }) => turns.push(seconds) };
  const { connect = (started) => started.connect(), ...others } = options;
  const transport = new Transport({ connection: connect(stub), clock, userAgent: 'chex-operator/test', limit: { perSecond: 0, burst: 0 }, mayWrite: () => true, observer, random: () => 0, ...others });
  return { stub, clock, transport, answers, retries, turns };
}

/** How it ends, while time passes whenever it waits for time; `waited` says how long that was. */
async function settle(clock: FakeClock, call: Promise<unknown>): Promise<{ value: unknown; fault: ApiFault | null; waited: number }> {
  const from = clock.now();
  let isSettled = false;
  const outcome = call.then(
    (value) => ({ value, fault: null }),
    (fault: ApiFault) => ({ value: null, fault }),
  );
  void outcome.then(() => (isSettled = true));
  while (!isSettled) {
    // Two sleep in a pause: the deadline and the pause itself. One means that an answer is on its way.
    if (clock.sleepers > 1) await clock.advance(100);
    else await new Promise((resolve) => setImmediate(resolve));
  }
  return { ...(await outcome), waited: clock.now() - from };
}

test('request() sends method, path, query, credentials and body, and gives the answer as it is', async (context) => {
  const { stub, transport, answers } = await startBench(context);
  stub.next('other', json(200, { spec: { newField: 1 }, status: { startTime: '2026-01-01T00:00:00Z' } }));
  const answer = await transport.request({ ...apply, query: { fieldManager: 'chex', force: true } });
  assert.deepEqual(answer, { spec: { newField: 1 }, status: { startTime: '2026-01-01T00:00:00Z' } });
  const [{ method, path, query, headers, body }] = stub.requests as [ApiStub['requests'][0]];
  assert.deepEqual({ method, path, query, body }, { method: 'PATCH', path: `${jobs}/one/status`, query: { fieldManager: 'chex', force: 'true' }, body: apply.body });
  assert.equal(headers['content-type'], 'application/apply-patch+yaml');
  assert.equal(headers.authorization, 'Bearer stub');
  assert.equal(headers['user-agent'], 'chex-operator/test');
  const [{ method: verb, host, code, sentBytes, receivedBytes }] = answers as [Answer];
  assert.deepEqual({ verb, host, code, sentBytes, receivedBytes }, { verb: 'PATCH', host: `127.0.0.1:${stub.port}`, code: '200', sentBytes: 36, receivedBytes: 69 });
});

/** What the server does the first time; whether the second time comes, for what is repeatable and for a create. */
const classes: readonly { readonly first: string; readonly reply: Reply; readonly repeatable: boolean; readonly create: boolean }[] = [
  { first: '429', reply: refusal(429, 'TooManyRequests'), repeatable: true, create: true },
  { first: '503 with Retry-After', reply: refusal(503, 'ServiceUnavailable', { retryAfterSeconds: 1 }), repeatable: true, create: true },
  { first: '401', reply: refusal(401, 'Unauthorized'), repeatable: true, create: true },
  { first: '503 without Retry-After', reply: refusal(503, 'ServiceUnavailable'), repeatable: true, create: false },
  { first: '500', reply: refusal(500, 'InternalError'), repeatable: true, create: false },
  { first: '502 of a gateway', reply: (response) => void response.writeHead(502).end('<html>'), repeatable: true, create: false },
  { first: '504', reply: refusal(504, 'Timeout'), repeatable: true, create: false },
  { first: 'a reset', reply: reset, repeatable: true, create: false },
  { first: 'half a body', reply: truncate, repeatable: true, create: false },
  { first: 'no JSON', reply: (response) => void response.writeHead(200).end('<html>'), repeatable: true, create: false },
  { first: '404', reply: refusal(404, 'NotFound'), repeatable: false, create: false },
  { first: '409', reply: refusal(409, 'Conflict'), repeatable: false, create: false },
  { first: '403', reply: refusal(403, 'Forbidden'), repeatable: false, create: false },
  { first: '422', reply: refusal(422, 'Invalid'), repeatable: false, create: false },
];

for (const { first, reply, repeatable, create: creates } of classes) {
  test(`after ${first}, request() sends again ${repeatable ? 'what is repeatable' : 'nothing'}${creates ? ' and what creates' : ''}`, async (context) => {
    const { stub, clock, transport, retries } = await startBench(context);
    for (const request of [get, apply, replace, remove, create, merge, removeAny]) {
      const again = [create, merge, removeAny].includes(request) ? creates : repeatable;
      const [before, retriesBefore] = [stub.requests.length, retries.length];
      stub.next('other', reply);
      const { fault } = await settle(clock, transport.request(request));
      assert.equal(fault === null, again, `${request.method} ${JSON.stringify(request.body)}: ${fault}`);
      assert.equal(stub.requests.length - before, again ? 2 : 1);
      assert.equal(retries.length - retriesBefore, again ? 1 : 0);
    }
  });
}

test('request() gives up after four attempts, with the last answer', async (context) => {
  const { stub, clock, transport, answers } = await startBench(context);
  stub.next('other', ...Array.from({ length: 4 }, () => refusal(500, 'InternalError')));
  const { fault, waited } = await settle(clock, transport.request(get));
  assert.ok(fault instanceof ApiFault);
  assert.deepEqual([fault.code, fault.reason], [500, 'InternalError']);
  assert.equal(fault.message, `Cannot GET ${jobs}/one: http://127.0.0.1:${stub.port} answers 500 InternalError: InternalError it is`);
  assert.deepEqual([stub.requests.length, waited, answers.map(({ code }) => code)], [4, 200 + 400 + 800, ['500', '500', '500', '500']]);
});

test('request() tries a second token after 401, but no third', async (context) => {
  let tokens = 0;
  const { stub, clock, transport } = await startBench(context, { connect: (started) => started.connect({ authorise: async () => ({ authorization: `Bearer ${(tokens += 1)}` }) }) });
  stub.next('other', refusal(401, 'Unauthorized'), refusal(401, 'Unauthorized'));
  const { fault } = await settle(clock, transport.request(get));
  assert.equal(fault?.reason, 'Unauthorized');
  assert.deepEqual(stub.requests.map(({ headers }) => headers.authorization), ['Bearer 1', 'Bearer 2']);
});

test('request() never comes back before Retry-After', async (context) => {
  const { stub, clock, transport } = await startBench(context);
  stub.next('other', refusal(429, 'TooManyRequests', { retryAfterSeconds: 3 }), refusal(429, 'TooManyRequests', { retryAfterSeconds: 4 }));
  const { fault, waited } = await settle(clock, transport.request(create));
  assert.deepEqual([fault, waited], [null, 7000]);
});

test('request() hands a Retry-After beyond its deadline to the caller at once', async (context) => {
  const { stub, clock, transport } = await startBench(context);
  stub.next('other', refusal(429, 'TooManyRequests', { retryAfterSeconds: 60 }));
  const { fault, waited } = await settle(clock, transport.request(get));
  assert.deepEqual([fault?.code, fault?.retryAfterSeconds, waited, stub.requests.length], [429, 60, 0, 1]);
});

test('request() understands the seconds of a Status and the plain words of a gateway', async (context) => {
  const { stub, clock, transport } = await startBench(context);
  stub.next('other', json(429, { reason: 'TooManyRequests', details: { retryAfterSeconds: 60 } }), (response) => void response.writeHead(404).end('no such tenant\n'));
  assert.equal((await settle(clock, transport.request(get))).fault?.retryAfterSeconds, 60);
  const { fault } = await settle(clock, transport.request(get));
  assert.match(String(fault?.message), /answers 404 NotFound: no such tenant$/);
});

test('request() that is never answered ends at its deadline and breaks the connection', async (context) => {
  const { stub, clock, transport, answers } = await startBench(context);
  stub.next('other', stall);
  const call = assert.rejects(transport.request(get), { name: 'ApiFault', reason: 'Timeout', message: `Cannot GET ${jobs}/one: http://127.0.0.1:${stub.port} has not answered within 10 s` });
  await stub.until(() => stub.requests.length === 1);
  await clock.advance(9999);
  assert.equal(stub.sockets.size, 1);
  await clock.advance(1);
  await call;
  await stub.until(() => stub.sockets.size === 0);
  assert.deepEqual(answers.map(({ code, seconds }) => [code, seconds]), [['<error>', 10]]);
  assert.equal(clock.sleepers, 0);
});

test('request() rejects with the reason of its signal, and breaks the connection', async (context) => {
  const { stub, clock, transport } = await startBench(context);
  const stopping = new AbortController();
  stub.next('other', stall);
  const call = assert.rejects(transport.request({ ...get, signal: stopping.signal }), /shutting down/);
  await stub.until(() => stub.requests.length === 1);
  stopping.abort(new Error('shutting down'));
  await call;
  await stub.until(() => stub.sockets.size === 0);
  assert.equal(clock.sleepers, 0);
});

test('request() whose credentials never come ends at its deadline, with nothing sent', async (context) => {
  const { stub, clock, transport } = await startBench(context, { connect: (started) => started.connect({ authorise: () => new Promise(() => {}) }) });
  const call = assert.rejects(transport.request(create), { reason: 'Timeout' });
  await clock.advance(10_000);
  await call;
  assert.equal(stub.requests.length, 0);
});

test('request() to a server that is not there is tried again, also a create, and says what to check', async (context) => {
  const gone = await startApiStub({ after: () => {} });
  const connection = gone.connect();
  const server = connection.server;
  await gone.close();
  const { clock, transport, retries } = await startBench(context, { connect: () => connectTo({ url: server, namespace: 'default', tls: {}, identify: async () => ({ headers: {}, tls: {} }) }) });
  const { fault } = await settle(clock, transport.request(create));
  assert.deepEqual([fault?.code, fault?.reason, retries], [0, 'Unreachable', ['<error>', '<error>', '<error>']]);
  assert.equal(fault?.message, `Cannot POST ${jobs}: nothing listens at ${server}; check that the API server runs there`);
});

test('the fence is asked before each attempt, and stops writes only', async (context) => {
  let leads = true;
  const { stub, clock, transport } = await startBench(context, { mayWrite: () => leads });
  stub.next('other', (response, request) => {
    leads = false;
    refusal(429, 'TooManyRequests')(response, request);
  });
  const { fault } = await settle(clock, transport.request(create));
  assert.deepEqual([fault?.reason, stub.requests.length], ['Fenced', 1]);
  for (const request of [apply, replace, remove]) assert.equal((await settle(clock, transport.request(request))).fault?.reason, 'Fenced');
  assert.equal((await settle(clock, transport.request(get))).fault, null);
  assert.deepEqual(stub.requests.map(({ method }) => method), ['POST', 'GET']);
});

test('requests keep to the limit, and the wait is told', async (context) => {
  const { clock, transport, turns } = await startBench(context, { limit: { perSecond: 10, burst: 2 } });
  const calls = Promise.all([get, get, get, get].map((request) => transport.request(request)));
  await clock.advance(200);
  await calls;
  assert.deepEqual(turns, [0, 0, 0.1, 0.2]);
});

test('a request that waits for its turn beyond its deadline is not sent', async (context) => {
  const { stub, clock, transport } = await startBench(context, { limit: { perSecond: 0.01, burst: 1 } });
  await transport.request(get);
  const late = assert.rejects(transport.request(get), { reason: 'Timeout' });
  await clock.advance(10_000);
  await late;
  assert.equal(stub.requests.length, 1);
});

async function readAll(values: AsyncIterable<unknown>): Promise<{ values: unknown[]; fault: unknown }> {
  const read: unknown[] = [];
  try {
    for await (const value of values) read.push(value);
  } catch (fault) {
    return { values: read, fault };
  }
  return { values: read, fault: null };
}

const stream: ApiRequest = { method: 'GET', path: jobs, query: { watch: true }, deadlineSeconds: 195 };

test('stream() gives each line as it comes, until the server ends it', async (context) => {
  const { stub, clock, transport } = await startBench(context);
  stub.next('watch', watchText('{"type":"ADDED"}\n{"type":"DELETED"}\n'));
  assert.deepEqual(await readAll(transport.stream(stream)), { values: [{ type: 'ADDED' }, { type: 'DELETED' }], fault: null });
  assert.equal(clock.sleepers, 0);
});

test('stream() throws ApiFault for a refusal, half a line, and a line that is no JSON, each without a second attempt', async (context) => {
  const { stub, transport } = await startBench(context);
  stub.next('watch', refusal(410, 'Expired'), watchText('{"type":"ADDED"}\n{"type":'), watchText('<html>\n'));
  const expired = await readAll(transport.stream(stream));
  assert.ok(expired.fault instanceof ApiFault && expired.fault.code === 410);
  const half = await readAll(transport.stream(stream));
  assert.deepEqual(half.values, [{ type: 'ADDED' }]);
  assert.match(String(half.fault), /ApiFault: .* sends what is no JSON \(the stream ended in the middle of a line\)/);
  const garbage = await readAll(transport.stream(stream));
  assert.ok(garbage.fault instanceof ApiFault && garbage.fault.reason === 'Broken');
  assert.equal(stub.requests.length, 3);
});

test('stream() that is reset throws ApiFault after what came before', async (context) => {
  const { stub, transport } = await startBench(context);
  stub.next('watch', watch({ type: 'ADDED' }));
  const values = transport.stream(stream);
  assert.deepEqual((await values.next()).value, { type: 'ADDED' });
  stub.watches[0]?.socket?.resetAndDestroy();
  await assert.rejects(values.next(), { name: 'ApiFault', reason: 'Broken' });
});

test('stream() that falls silent ends at its deadline and breaks the connection', async (context) => {
  const { stub, clock, transport } = await startBench(context);
  const end = readAll(transport.stream(stream));
  await stub.until(() => stub.watches.length === 1);
  await clock.advance(195_000);
  const { fault } = await end;
  assert.ok(fault instanceof ApiFault && fault.reason === 'Timeout');
  await stub.until(() => stub.sockets.size === 0);
});

test('stream() that nobody reads on breaks its connection', async (context) => {
  const { stub, clock, transport } = await startBench(context);
  stub.next('watch', watch({ type: 'ADDED' }));
  for await (const value of transport.stream(stream)) {
    assert.deepEqual(value, { type: 'ADDED' });
    break;
  }
  await stub.until(() => stub.sockets.size === 0);
  assert.equal(clock.sleepers, 0);
});
