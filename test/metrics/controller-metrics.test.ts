import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { controllerMetrics } from '../../src/metrics/controller-metrics.ts';
import { exportReadings } from '../../src/metrics/controller-readings.ts';

function aBench() {
  const registry = new Registry();
  const metrics = controllerMetrics(registry, 'chextraining');
  const read = async () => (await registry.metrics()).split('\n');
  return { registry, metrics, read };
}

test('what can be counted stands at 0 before it happens, so that its first increase is seen', async () => {
  const lines = await aBench().read();
  for (const line of [
    'controller_runtime_reconcile_total{controller="chextraining",result="error"} 0',
    'controller_runtime_reconcile_errors_total{controller="chextraining"} 0',
    'controller_runtime_reconcile_time_seconds_count{controller="chextraining"} 0',
    'workqueue_adds_total{name="chextraining",controller="chextraining"} 0',
    'workqueue_queue_duration_seconds_count{name="chextraining",controller="chextraining"} 0',
  ]) assert.ok(lines.includes(line), line);
});

test('passes are counted by result, and their faults by kind', async () => {
  const { metrics, read } = aBench();
  metrics.onPass({ result: 'success', seconds: 0.02, error: null, isTimeOut: false });
  metrics.onPass({ result: 'error', seconds: 60, error: new Error('too long'), isTimeOut: true });
  metrics.onPass({ result: 'error', seconds: 1, error: new TypeError('x is not a function'), isTimeOut: false });
  const lines = await read();
  const of = (name: string) => lines.find((line) => line.startsWith(`controller_runtime_${name}`))?.split(' ').at(-1);
  assert.equal(of('reconcile_total{controller="chextraining",result="success"}'), '1');
  assert.equal(of('reconcile_total{controller="chextraining",result="error"}'), '2');
  assert.equal(of('reconcile_errors_total'), '2');
  assert.equal(of('reconcile_timeouts_total'), '1');
  assert.equal(of('reconcile_panics_total'), '1');
  assert.equal(of('reconcile_time_seconds_bucket{le="0.025",controller="chextraining"}'), '1');
});

test('requests are counted by code and timed by verb', async () => {
  const { metrics, read } = aBench();
  metrics.requests.onAnswer({ method: 'POST', host: 'api:6443', code: '201', seconds: 0.3, sentBytes: 900, receivedBytes: 2000 });
  metrics.requests.onRetry({ method: 'GET', host: 'api:6443', code: '429' });
  const lines = await read();
  for (const line of [
    'rest_client_requests_total{code="201",method="POST",host="api:6443"} 1',
    'rest_client_request_duration_seconds_bucket{le="0.5",verb="POST",host="api:6443"} 1',
    'rest_client_request_size_bytes_sum{verb="POST",host="api:6443"} 900',
    'rest_client_request_retries_total{code="429",verb="GET",host="api:6443"} 1',
  ]) assert.ok(lines.includes(line), line);
});

test('what stands at the moment is read at each scrape', async () => {
  const { registry, read } = aBench();
  let depths = new Map([[-100, 3]]);
  exportReadings(registry, { controller: 'chextraining', lease: 'chex-operator', count: 8, active: () => 2, depths: () => depths, activeSeconds: () => [1, 4], isLeading: () => true, versions: () => [{ group: 'batch', version: 'v1', resource: 'jobs', value: 812 }] });
  const lines = await read();
  for (const line of [
    'workqueue_depth{name="chextraining",controller="chextraining",priority="-100"} 3',
    'workqueue_depth{name="chextraining",controller="chextraining",priority="0"} 0',
    'workqueue_unfinished_work_seconds{name="chextraining",controller="chextraining"} 5',
    'workqueue_longest_running_processor_seconds{name="chextraining",controller="chextraining"} 4',
    'controller_runtime_active_workers{controller="chextraining"} 2',
    'leader_election_master_status{name="chex-operator"} 1',
    'store_resource_version{group="batch",version="v1",resource="jobs"} 812',
  ]) assert.ok(lines.includes(line), line);
  depths = new Map();
  assert.ok((await read()).every((line) => !line.includes('priority="-100"')), 'an empty priority vanishes');
});
