import type { Dashboard } from './dashboard.ts';

const of = '{namespace=~"$namespace"}';
const condition = (type: string) => `chextraining_status_condition{namespace=~"$namespace",type="${type}",status="True"}`;
const each = '{{namespace}}/{{name}}';

/** All trainings: how far, when done, what they cost, what is wrong. */
export const trainings: Dashboard = {
  uid: 'chex-trainings',
  title: 'Chest X-ray trainings',
  description: 'All trainings of chex-operator: progress, expected end, money against budget, faults.',
  variables: [{ name: 'namespace', label: 'Namespace', query: 'label_values(chextraining_info, namespace)', isMany: true }],
  panels: [
    { title: 'Running', description: 'Trainings that are not over.', kind: 'stat', unit: 'short', width: 6, height: 4, queries: [{ expr: `sum(${condition('Reconciling')})`, legend: 'running' }] },
    { title: 'Succeeded', description: 'Trainings with a report.', kind: 'stat', unit: 'short', width: 6, height: 4, queries: [{ expr: `sum(${condition('Succeeded')})`, legend: 'succeeded' }] },
    { title: 'Failed', description: 'Trainings that ended without a report; their condition Failed says why.', kind: 'stat', unit: 'short', width: 6, height: 4, queries: [{ expr: `sum(${condition('Failed')})`, legend: 'failed' }] },
    { title: 'Spent', description: 'What all trainings have cost, by currency, as far as their time has a price.', kind: 'stat', unit: 'short', width: 6, height: 4, queries: [{ expr: `sum by (currency) (chextraining_cost_spent${of})`, legend: '{{currency}}' }] },
    { title: 'Progress', description: 'How far each training is, by the time that its parts are expected to take.', kind: 'bargauge', unit: 'percentunit', width: 12, height: 8, queries: [{ expr: `chextraining_progress_ratio${of}`, legend: each }] },
    { title: 'Expected end', description: 'When each running training will probably be done.', kind: 'table', unit: 'dateTimeFromNow', width: 12, height: 8, queries: [{ expr: `chextraining_estimated_completion_timestamp_seconds${of} * 1000`, legend: each, column: 'Done' }] },
    { title: 'Money', description: 'Spent, foreseen and allowed, and what was paid for lost work.', kind: 'table', unit: 'short', width: 24, height: 8, queries: [
      { expr: `sum by (namespace, name, currency) (chextraining_cost_spent${of})`, legend: each, column: 'Spent' },
      { expr: `sum by (namespace, name, currency) (chextraining_cost_forecast${of})`, legend: each, column: 'Forecast' },
      { expr: `sum by (namespace, name, currency) (chextraining_budget${of})`, legend: each, column: 'Budget' },
      { expr: `sum by (namespace, name, currency) (chextraining_cost_wasted${of})`, legend: each, column: 'Lost' },
    ] },
    { title: 'Rate', description: 'What an hour of everything that runs costs.', kind: 'timeseries', unit: 'short', width: 12, height: 8, queries: [{ expr: `sum by (currency) (chextraining_cost_rate_per_hour${of})`, legend: '{{currency}} an hour' }] },
    { title: 'Waiting steps', description: 'Jobs that are there and that no node works on: a queue, room or an image is wanting.', kind: 'timeseries', unit: 'short', width: 12, height: 8, queries: [{ expr: `sum by (namespace, name) (chextraining_step_waiting${of})`, legend: each }] },
  ],
};
