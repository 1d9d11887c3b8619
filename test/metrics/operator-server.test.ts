import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { Gauge, Registry } from 'prom-client';
import type { OperatorServer } from '../../src/metrics/operator-server.ts';
import { serveOperator } from '../../src/metrics/operator-server.ts';

async function aServer(context: TestContext, unreadyReason: () => string | null = () => null): Promise<OperatorServer> {
  const registry = new Registry();
  new Gauge({ name: 'films', help: 'Films.', registers: [registry] }).set(3);
  const server = await serveOperator({ port: 0, registry, unreadyReason });
  context.after(() => server.close());
  return server;
}

async function get(server: OperatorServer, path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return `${response.status} ${await response.text()}`;
}

test('an operator serves its metrics as Prometheus reads them', async (context) => {
  const server = await aServer(context);
  assert.match(await get(server, '/metrics'), /^200 # HELP films Films\.\n# TYPE films gauge\nfilms 3\n/);
});

test('an operator is alive while it answers, and ready when nothing stands against it', async (context) => {
  let reason: string | null = 'the Jobs are not listed yet';
  const server = await aServer(context, () => reason);
  assert.equal(await get(server, '/healthz'), '200 ok');
  assert.equal(await get(server, '/readyz'), '503 the Jobs are not listed yet');
  reason = null;
  assert.equal(await get(server, '/readyz'), '200 ok');
});

test('an operator answers at each address of its machine, of IPv4 and of IPv6', async (context) => {
  const server = await aServer(context);
  const loopbacks = Object.values(networkInterfaces()).flatMap((all) => all ?? []).filter(({ internal }) => internal);
  assert.ok(loopbacks.length > 0);
  for (const { address, family } of loopbacks) {
    const response = await fetch(`http://${family === 'IPv6' ? `[${address}]` : address}:${server.port}/healthz`);
    assert.equal(await response.text(), 'ok', address);
  }
});

test('a port that is taken is told with what to do', async (context) => {
  const { port } = await aServer(context);
  await assert.rejects(serveOperator({ port, registry: new Registry(), unreadyReason: () => null }), /Cannot serve metrics and health on port \d+: .*; choose another by --port/);
});
