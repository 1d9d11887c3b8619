import { Registry, collectDefaultMetrics } from 'prom-client';

/** Where all metrics of a process are: begins with those of the process itself and of Node. */
export function openRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
