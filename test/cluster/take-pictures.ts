/**
 * Takes the pictures of the dashboards in docs/, on a cluster that is up: `node test/cluster/take-pictures.ts`. One
 * training is over, one has failed, and one is in the middle of its 14 observations with a budget that it will nearly spend.
 */
import path from 'node:path';
import { observations } from '../../src/api/observations.ts';
import { dashboards, withVariables } from '../monitoring/dashboards.ts';
import { drawDashboards } from '../monitoring/draw-dashboards.ts';
import { readyReplicas } from './end-to-end/replicas.ts';
import { Namespace } from './end-to-end/trainings.ts';
import { installOperator, removeOperator } from './operator.ts';
import { Prometheus } from './prometheus.ts';

const folder = path.join(import.meta.dirname, '../../docs/pictures');
const resources = { cpu: '250m', memory: '1Gi', gpu: 1 };
const prices = { source: 'made up', nodes: [{ perHour: '36' }] };

installOperator();
const namespace = new Namespace('radiology');
await namespace.create();
const prometheus = await Prometheus.start(readyReplicas());
try {
  const first = namespace.applyTraining('first-try', { autoencoders: { resources }, prices, budget: { amount: '5.00' } });
  namespace.applyTraining('no-such-films', { dataset: { uri: 's3://films/nothing' }, prices });
  await first.untilCondition('Succeeded');
  const training = namespace.applyTraining('chexpert', { observations, autoencoders: { epochs: 80, maxParallel: 2, resources }, prices, budget: { amount: '5.00' } });
  await training.until('most of it is done', () => (training.status()?.progress ?? 0) > 0.6, 900);
  const variables = { namespace: namespace.name, name: training.name };
  await drawDashboards({ dashboards: dashboards.map(({ json }) => json), history: (expr) => prometheus.history(withVariables(expr, variables)), folder });
} finally {
  await prometheus.stop();
  await namespace.remove();
  removeOperator();
}
