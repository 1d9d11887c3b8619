import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { OpenCost, parseNodePrices } from '../../src/kube/open-cost.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

/** As OpenCost's own exporter writes it. */
const answer = `# HELP node_total_hourly_cost node_total_hourly_cost Total node cost per hour
# TYPE node_total_hourly_cost gauge
node_total_hourly_cost{arch="amd64",instance="gpu-1",instance_type="g5.xlarge",node="gpu-1",provider_id="aws:///us-east-1a/i-0",region="us-east-1",uid="u1"} 1.0060000000000002
node_total_hourly_cost{arch="amd64",instance="cpu-1",instance_type="",node="cpu-1",provider_id="",region="",uid="u2"} 3.1e-02
node_total_hourly_cost{arch="amd64",instance="free",node="free"} 0
node_total_hourly_cost{arch="amd64",instance="odd",node="odd"} NaN
node_gpu_hourly_cost{instance="gpu-1",node="gpu-1"} 0.95
`;

test('parseNodePrices() reads decimals of six places, and leaves out what has no price', () => {
  assert.deepEqual([...parseNodePrices(answer)], [['gpu-1', '1.006000'], ['cpu-1', '0.031000']]);
});

test('parseNodePrices() refuses an answer that is not OpenCost\'s', () => {
  assert.throws(() => parseNodePrices('up 1\n'), /no metric node_total_hourly_cost/);
});

interface Stub {
  readonly url: string;
  asked: number;
  status: number;
}

async function serve(t: TestContext): Promise<Stub> {
  const server = createServer((_, response) => {
    stub.asked += 1;
    response.writeHead(stub.status).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const stub = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`, asked: 0, status: 200 };
  return stub;
}

test('OpenCost is asked once in five minutes, however many passes want its prices', async (t) => {
  const stub = await serve(t);
  const clock = new FakeClock();
  const openCost = new OpenCost({ url: stub.url, clock, onFault: (error) => assert.fail(String(error)) });
  await Promise.all([openCost.prices(), openCost.prices()]);
  assert.equal((await openCost.prices()).get('gpu-1'), '1.006000');
  assert.equal(stub.asked, 1);
  await clock.advance(300_000);
  await openCost.prices();
  assert.equal(stub.asked, 2);
});

test('while OpenCost does not answer its last prices hold, and that is told once', async (t) => {
  const stub = await serve(t);
  const clock = new FakeClock();
  const faults: string[] = [];
  const openCost = new OpenCost({ url: stub.url, clock, onFault: (error) => faults.push((error as Error).message) });
  await openCost.prices();
  stub.status = 503;
  for (let i = 0; i < 3; i++) {
    await clock.advance(300_000);
    assert.equal((await openCost.prices()).get('cpu-1'), '0.031000');
  }
  assert.deepEqual(faults, [`Cannot read the prices of nodes from ${stub.url}: it answers with 503; until it answers, those that it said last hold`]);
});

test('an OpenCost that is not there is told with the reason, and nothing is made up', async () => {
  const faults: string[] = [];
  const openCost = new OpenCost({ url: 'http://127.0.0.1:1/metrics', clock: new FakeClock(), onFault: (error) => faults.push((error as Error).message) });
  assert.equal((await openCost.prices()).size, 0);
  assert.match(faults.join(), /^Cannot read the prices of nodes from .*; until it answers, annotations and the table of prices hold$/);
});
