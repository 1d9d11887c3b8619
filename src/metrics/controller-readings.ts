import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** What is asked for at each scrape. */
export interface ControllerReadings {
  /** Name of the queue and of what works on it. */
  readonly controller: string;
  /** Name of the Lease. */
  readonly lease: string;
  /** Passes at once. */
  readonly count: number;
  /** Workers that are busy. */
  active(): number;
  /** Keys that are ready, by priority. */
  depths(): ReadonlyMap<number, number>;
  /** For how long the passes at work have been so. */
  activeSeconds(): readonly number[];
  isLeading(): boolean;
  /** Versions up to which the caches have come. */
  versions(): readonly { readonly group: string; readonly version: string; readonly resource: string; readonly value: number }[];
}

/** The rest of the metrics that controller-runtime has: what stands at the moment of a scrape. */
export function exportReadings(registry: Registry, readings: ControllerReadings): void {
  const { controller, lease } = readings;
  const registers = [registry];
  const queue = { name: controller, controller };
  const gauge = (options: { name: string; help: string; labels: Record<string, string> }, read: () => number) =>
    new Gauge({ name: options.name, help: options.help, labelNames: Object.keys(options.labels), registers, collect() { this.set(options.labels, read()); } });
  gauge({ name: 'controller_runtime_max_concurrent_reconciles', help: 'Passes at once.', labels: { controller } }, () => readings.count);
  gauge({ name: 'controller_runtime_active_workers', help: 'Passes at work.', labels: { controller } }, () => readings.active());
  gauge({ name: 'workqueue_unfinished_work_seconds', help: 'Time that the passes at work have taken so far, together.', labels: queue }, () => readings.activeSeconds().reduce((sum, seconds) => sum + seconds, 0));
  gauge({ name: 'workqueue_longest_running_processor_seconds', help: 'Time that the longest pass at work has taken so far.', labels: queue }, () => Math.max(0, ...readings.activeSeconds()));
  gauge({ name: 'leader_election_master_status', help: 'Whether this process leads.', labels: { name: lease } }, () => (readings.isLeading() ? 1 : 0));
  new Gauge({
    name: 'workqueue_depth',
    help: 'Keys that are ready, by priority.',
    labelNames: ['name', 'controller', 'priority'],
    registers,
    collect() {
      this.reset();
      for (const [priority, depth] of new Map([[0, 0], ...readings.depths()])) this.set({ ...queue, priority: String(priority) }, depth);
    },
  });
  new Gauge({
    name: 'store_resource_version',
    help: 'Version of the cluster up to which the cache has come.',
    labelNames: ['group', 'version', 'resource'],
    registers,
    collect() {
      for (const { value, ...labels } of readings.versions()) this.set(labels, value);
    },
  });
}
