import type { Dashboard } from './dashboard.ts';

const ours = '{controller="chextraining"}';
const quantile = (q: number, name: string) => `histogram_quantile(${q}, sum by (le) (rate(${name}_bucket${ours}[$__rate_interval])))`;
/** Other programs write metrics of these names too: only those of processes that have our controller. */
const onlyOurs = 'and on (instance) controller_runtime_max_concurrent_reconciles{controller="chextraining"}';

/** The controller itself: who leads, how busy it is, what fails. */
export const operator: Dashboard = {
  uid: 'chex-operator',
  title: 'chex-operator',
  description: 'The controller: leadership, queue, time of its passes, calls of the API server, memory.',
  variables: [],
  panels: [
    { title: 'Replicas', description: 'Operators that are scraped.', kind: 'stat', unit: 'short', width: 6, height: 4, queries: [{ expr: `count(controller_runtime_max_concurrent_reconciles${ours})`, legend: 'replicas' }] },
    { title: 'Leaders', description: 'Exactly one, but for moments.', kind: 'stat', unit: 'short', width: 6, height: 4, queries: [{ expr: `sum(leader_election_master_status ${onlyOurs})`, legend: 'leaders' }] },
    { title: 'Ready keys', description: 'Trainings that wait for a pass of the leader, by priority.', kind: 'timeseries', unit: 'short', width: 12, height: 4, queries: [{ expr: `sum by (priority) (workqueue_depth${ours} and on (instance) (leader_election_master_status == 1))`, legend: 'priority {{priority}}' }] },
    { title: 'Passes', description: 'Looks at a training in a second, by result.', kind: 'timeseries', unit: 'short', width: 12, height: 8, queries: [{ expr: `sum by (result) (rate(controller_runtime_reconcile_total${ours}[$__rate_interval]))`, legend: '{{result}}' }] },
    { title: 'Time of a pass', description: 'Half of the passes, and 99 of 100, take no longer.', kind: 'timeseries', unit: 's', width: 12, height: 8, queries: [{ expr: quantile(0.5, 'controller_runtime_reconcile_time_seconds'), legend: 'half' }, { expr: quantile(0.99, 'controller_runtime_reconcile_time_seconds'), legend: '99 %' }] },
    { title: 'Wait in the queue', description: 'How long 99 of 100 keys were ready before their pass.', kind: 'timeseries', unit: 's', width: 12, height: 8, queries: [{ expr: quantile(0.99, 'workqueue_queue_duration_seconds'), legend: '99 %' }] },
    { title: 'Errors', description: 'Passes that failed in a second; each is tried again.', kind: 'timeseries', unit: 'short', width: 12, height: 8, queries: [{ expr: `sum(rate(controller_runtime_reconcile_errors_total${ours}[$__rate_interval]))`, legend: 'errors' }] },
    { title: 'Calls of the API server', description: 'Answers in a second, by code and verb.', kind: 'timeseries', unit: 'short', width: 12, height: 8, queries: [{ expr: `sum by (code, method) (rate(rest_client_requests_total[$__rate_interval]) ${onlyOurs})`, legend: '{{method}} {{code}}' }] },
    { title: 'Memory', description: 'Of each replica, as its node sees it.', kind: 'timeseries', unit: 'bytes', width: 12, height: 8, queries: [{ expr: `process_resident_memory_bytes ${onlyOurs}`, legend: '{{instance}}' }] },
    { title: 'Delay of the event loop', description: 'How late 99 of 100 timers of a replica are: what keeps it from renewing its Lease.', kind: 'timeseries', unit: 's', width: 12, height: 8, queries: [{ expr: `nodejs_eventloop_lag_p99_seconds ${onlyOurs}`, legend: '{{instance}}' }] },
  ],
};
