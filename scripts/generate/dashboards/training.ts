import type { Dashboard } from './dashboard.ts';

const of = '{namespace="$namespace",name="$name"}';
const autoencoders = '{namespace="$namespace",name="$name",stage="autoencoders"}';

/** One training, its 14 observations side by side. */
export const training: Dashboard = {
  uid: 'chex-training',
  title: 'One chest X-ray training',
  description: 'The observations of one training: progress, losses, speed, attempts, cost and forecast, and what waits.',
  variables: [
    { name: 'namespace', label: 'Namespace', query: 'label_values(chextraining_info, namespace)', isMany: false },
    { name: 'name', label: 'Training', query: 'label_values(chextraining_info{namespace="$namespace"}, name)', isMany: false },
  ],
  panels: [
    { title: 'Progress', description: 'How far the training is.', kind: 'stat', unit: 'percentunit', width: 6, height: 4, queries: [{ expr: `chextraining_progress_ratio${of}`, legend: 'progress' }] },
    { title: 'Spent', description: 'What its Pods have cost.', kind: 'stat', unit: 'short', width: 6, height: 4, queries: [{ expr: `chextraining_cost_spent${of}`, legend: '{{currency}}' }] },
    { title: 'Forecast', description: 'What it will probably have cost at its end.', kind: 'stat', unit: 'short', width: 6, height: 4, queries: [{ expr: `chextraining_cost_forecast${of}`, legend: '{{currency}}' }] },
    { title: 'GPU time', description: 'Seconds of GPUs that its Pods have held.', kind: 'stat', unit: 's', width: 6, height: 4, queries: [{ expr: `sum(chextraining_gpu_seconds_total${of})`, legend: 'GPU time' }] },
    { title: 'Observations', description: 'How far each autoencoder is.', kind: 'bargauge', unit: 'percentunit', width: 8, height: 12, queries: [{ expr: `chextraining_step_progress_ratio${autoencoders}`, legend: '{{observation}}' }] },
    { title: 'Training loss', description: 'Loss of each autoencoder after each epoch.', kind: 'timeseries', unit: 'short', width: 8, height: 12, queries: [{ expr: `chextraining_loss{namespace="$namespace",name="$name",stage="autoencoders",split="train"}`, legend: '{{observation}}' }] },
    { title: 'Validation loss', description: 'The same on films that are not trained on: where it rises while the training loss falls, the network learns by heart.', kind: 'timeseries', unit: 'short', width: 8, height: 12, queries: [{ expr: `chextraining_loss{namespace="$namespace",name="$name",stage="autoencoders",split="valid"}`, legend: '{{observation}}' }] },
    { title: 'Speed', description: 'Films that each autoencoder trains on in a second, flips counted.', kind: 'timeseries', unit: 'short', width: 12, height: 8, queries: [{ expr: `chextraining_images_per_second${autoencoders}`, legend: '{{observation}}' }] },
    { title: 'Cost and forecast', description: 'Spent and foreseen with its range, against the budget.', kind: 'timeseries', unit: 'short', width: 12, height: 8, queries: [
      { expr: `chextraining_cost_spent${of}`, legend: 'spent' },
      { expr: `chextraining_cost_forecast${of}`, legend: 'forecast' },
      { expr: `chextraining_cost_forecast_low${of}`, legend: 'at least' },
      { expr: `chextraining_cost_forecast_high${of}`, legend: 'at most' },
      { expr: `chextraining_budget${of}`, legend: 'budget' },
    ] },
    { title: 'Steps', description: 'Pods that each step has started, those that nodes or evictions ended, what it cost, and whether it waits.', kind: 'table', unit: 'short', width: 24, height: 12, queries: [
      { expr: `sum by (stage, observation) (chextraining_step_attempts${of})`, legend: '{{stage}} {{observation}}', column: 'Attempts' },
      { expr: `sum by (stage, observation) (chextraining_step_disruptions${of})`, legend: '{{stage}} {{observation}}', column: 'Disrupted' },
      { expr: `sum by (stage, observation) (chextraining_step_cost_spent${of})`, legend: '{{stage}} {{observation}}', column: 'Cost' },
      { expr: `sum by (stage, observation) (chextraining_step_waiting${of})`, legend: '{{stage}} {{observation}}', column: 'Waits' },
      { expr: `sum by (stage, observation) (chextraining_epoch${of})`, legend: '{{stage}} {{observation}}', column: 'Epoch' },
    ] },
  ],
};
