import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

const results = ['success', 'error', 'requeue', 'requeue_after'] as const;
const passBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60];
const queueBuckets = Array.from({ length: 12 }, (_, power) => 1e-8 * 10 ** power);
const requestBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];
const sizeBuckets = [64, 256, 512, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];

export type ControllerMetrics = ReturnType<typeof controllerMetrics>;

/**
 * The controller's own metrics under the names of controller-runtime and client-go, so that what people have for those
 * works here too. Its parts are observers, told what happens; what is read at a scrape stands in controller-readings.ts.
 */
export function controllerMetrics(registry: Registry, controller: string) {
  const registers = [registry];
  const queueLabels = { name: controller, controller };
  const ofController = (name: string, help: string) => zeroed(new Counter({ name, help, labelNames: ['controller'], registers }), { controller });
  const ofQueue = (name: string, help: string) => zeroed(new Counter({ name, help, labelNames: ['name', 'controller'], registers }), queueLabels);
  const ofTime = (name: string, help: string) => {
    const histogram = new Histogram({ name, help, labelNames: ['name', 'controller'], buckets: queueBuckets, registers });
    histogram.zero(queueLabels);
    return histogram;
  };
  const ofRequests = (name: string, help: string, buckets: number[]) => new Histogram({ name, help, labelNames: ['verb', 'host'], buckets, registers });

  const passes = new Counter({ name: 'controller_runtime_reconcile_total', help: 'Passes, by result.', labelNames: ['controller', 'result'], registers });
  for (const result of results) passes.inc({ controller, result }, 0);
  const errors = ofController('controller_runtime_reconcile_errors_total', 'Passes that failed.');
  const terminalErrors = ofController('controller_runtime_terminal_reconcile_errors_total', 'Passes that failed and are not tried again.');
  const panics = ofController('controller_runtime_reconcile_panics_total', 'Passes that failed by a fault in the program.');
  const timeouts = ofController('controller_runtime_reconcile_timeouts_total', 'Passes that took too long.');
  const passSeconds = new Histogram({ name: 'controller_runtime_reconcile_time_seconds', help: 'Time of a pass.', labelNames: ['controller'], buckets: passBuckets, registers });
  passSeconds.zero({ controller });
  const adds = ofQueue('workqueue_adds_total', 'Keys that became ready.');
  const retries = ofQueue('workqueue_retries_total', 'Keys that came back after a backoff.');
  const waitSeconds = ofTime('workqueue_queue_duration_seconds', 'Time that keys were ready before their pass.');
  const workSeconds = ofTime('workqueue_work_duration_seconds', 'Time of the passes over a key.');
  const requests = new Counter({ name: 'rest_client_requests_total', help: 'Answers of the API server.', labelNames: ['code', 'method', 'host'], registers });
  const requestSeconds = ofRequests('rest_client_request_duration_seconds', 'Time of a request, without the wait for its turn.', requestBuckets);
  const turnSeconds = ofRequests('rest_client_rate_limiter_duration_seconds', 'Time that a request waited for its turn.', requestBuckets);
  const sentBytes = ofRequests('rest_client_request_size_bytes', 'Size of a request.', sizeBuckets);
  const receivedBytes = ofRequests('rest_client_response_size_bytes', 'Size of an answer.', sizeBuckets);
  const requestRetries = new Counter({ name: 'rest_client_request_retries_total', help: 'Requests that were sent again.', labelNames: ['code', 'verb', 'host'], registers });
  const stale = zeroed(new Counter({ name: 'stale_sync_skips_total', help: 'Passes put off because the caches had not seen the last write.', labelNames: ['controller'], registers }), { controller });

  return {
    queue: {
      onAdd: () => adds.inc(queueLabels),
      onRetry: () => retries.inc(queueLabels),
      onTake: (seconds: number) => waitSeconds.observe(queueLabels, seconds),
      onDone: (seconds: number) => workSeconds.observe(queueLabels, seconds),
    },
    onPass({ result, seconds, error, isTimeOut }: { result: string; seconds: number; error: unknown; isTimeOut: boolean }) {
      passes.inc({ controller, result });
      passSeconds.observe({ controller }, seconds);
      if (result === 'error') errors.inc({ controller });
      if (isTimeOut) timeouts.inc({ controller });
      if (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError) panics.inc({ controller });
    },
    onTerminalError: () => terminalErrors.inc({ controller }),
    onStalePass: () => stale.inc({ controller }),
    requests: {
      onAnswer({ method, host, code, seconds, ...answer }: { method: string; host: string; code: string; seconds: number; sentBytes: number; receivedBytes: number }) {
        requests.inc({ code, method, host });
        requestSeconds.observe({ verb: method, host }, seconds);
        sentBytes.observe({ verb: method, host }, answer.sentBytes);
        receivedBytes.observe({ verb: method, host }, answer.receivedBytes);
      },
      onTurn: ({ method, host, seconds }: { method: string; host: string; seconds: number }) => turnSeconds.observe({ verb: method, host }, seconds),
      onRetry: ({ method, host, code }: { method: string; host: string; code: string }) => requestRetries.inc({ code, verb: method, host }),
    },
  };
}

/** Told from the start, so that a first increase is seen. */
function zeroed<T extends string>(counter: Counter<T>, labels: Record<T, string>): Counter<T> {
  counter.inc(labels, 0);
  return counter;
}
