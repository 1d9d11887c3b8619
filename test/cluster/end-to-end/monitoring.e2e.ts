import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dashboards, expressionsOf, withVariables } from '../../monitoring/dashboards.ts';
import { drawDashboards } from '../../monitoring/draw-dashboards.ts';
import { isThisMachine } from '../kubectl.ts';
import { hasPrometheus, Prometheus } from '../prometheus.ts';
import { readyReplicas } from './replicas.ts';
import { Namespace } from './trainings.ts';

const namespace = new Namespace('chex-e2e-monitoring');
before(() => namespace.create());
after(() => namespace.remove());

const skip = !isThisMachine ? 'it needs the node with two made-up GPUs that `npm run cluster:up` starts' : hasPrometheus || process.env['CHEX_REQUIRE_ORACLES'] !== undefined ? false : 'Prometheus is not there: run `npm run build:oracles`';

test('every expression of the dashboards returns data of a training that a real Prometheus has watched, and a failed one raises its alert', { skip }, async (t) => {
  const started = performance.now();
  const prometheus = await Prometheus.start(readyReplicas());
  t.after(() => prometheus.stop());
  const resources = { cpu: '250m', memory: '1Gi', gpu: 1 };
  const bad = namespace.applyTraining('bad', { dataset: { uri: 's3://films/nothing' } });
  await bad.untilCondition('Failed');
  const training = namespace.applyTraining('chest', { observations: ['Edema', 'Support_Devices', 'Lung_Lesion'], autoencoders: { epochs: 120, resources, maxParallel: 2 }, prices: { source: 'made up', nodes: [{ perHour: '36' }] }, budget: { amount: '50' } });
  await training.untilCondition('Succeeded');

  const variables = { namespace: namespace.name, name: 'chest' };
  const expressions = dashboards.flatMap(({ json }) => expressionsOf(json));
  const empty: string[] = [];
  for (const expr of expressions) {
    const series = await prometheus.history(withVariables(expr, variables));
    if (!series.some(({ values }) => values.some(([, value]) => value !== 'NaN'))) empty.push(expr);
  }
  assert.deepEqual(empty, []);
  const spent = await prometheus.history(`chextraining_cost_spent{namespace="${namespace.name}",name="chest"}`);
  assert.equal(Number(spent.at(0)?.values.at(-1)?.[1]).toFixed(4), Number(training.status()?.cost?.spent).toFixed(4));
  const firing = (await prometheus.alerts()).filter(({ state, labels }) => state === 'firing' && labels['namespace'] === namespace.name);
  assert.deepEqual(firing.map(({ labels }) => `${labels['alertname']} ${labels['name']}`), ['ChexTrainingFailed bad']);
  const folder = process.env['CHEX_PICTURES'];
  if (folder !== undefined) await drawDashboards({ dashboards: dashboards.map(({ json }) => json), history: (expr) => prometheus.history(withVariables(expr, variables)), folder });
  t.diagnostic(`${expressions.length} expressions, ${Math.round((performance.now() - started) / 1000)} s`);
});
