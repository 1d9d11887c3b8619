/** docs/metrics.md: every metric that the operator tells, from the code that tells it. */
import { Registry } from 'prom-client';
import { controllerMetrics } from '../../src/metrics/controller-metrics.ts';
import { exportReadings } from '../../src/metrics/controller-readings.ts';
import { exportTrainings } from '../../src/metrics/training-metrics.ts';

/** What prom-client knows of a metric and its types do not say. */
interface Described {
  readonly labelNames: readonly string[];
}

/** The page as Markdown. */
export async function metricsReference(): Promise<string> {
  const registry = new Registry();
  exportTrainings(registry, () => []);
  const trainings = await rowsOf(registry);
  registry.clear();
  controllerMetrics(registry, 'chextraining');
  exportReadings(registry, { controller: 'chextraining', lease: 'chex-operator', count: 0, active: () => 0, depths: () => new Map(), activeSeconds: () => [], isLeading: () => false, versions: () => [] });
  return `<!-- Generated from src/metrics by \`npm run generate\`. -->
# Metrics

The operator serves them at \`/metrics\`; how they are scraped and shown: [monitoring.md](monitoring.md).

## Trainings

Only the leader tells them. They are the status of each training, read anew at each scrape: they vanish with their training and survive a restart of the operator. What is unknown has no series. \`observation\` is empty but for autoencoders.

${table(trainings)}
## Operator

Under the names of controller-runtime and client-go, from every replica. Beside them stand the metrics of the process and of Node (\`process_*\`, \`nodejs_*\`).

${table(await rowsOf(registry))}`;
}

async function rowsOf(registry: Registry): Promise<string[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.map(({ name, type, help }) => {
    const { labelNames } = registry.getSingleMetric(name) as unknown as Described;
    return `| \`${name}\` | ${String(type)} | ${labelNames.filter((label) => label !== 'le').map((label) => `\`${label}\``).join(' ')} | ${help} |`;
  });
}

function table(rows: readonly string[]): string {
  return `| metric | type | labels | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}
