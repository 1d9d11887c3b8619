import type { OperatorOptions } from '../../src/operator/options.ts';

/** Options of an operator that looks after all namespaces, on any free port and without a limit. */
export const someOptions: OperatorOptions = { workerImage: 'chex-worker:test', namespaces: [], port: 0, leaderElection: true, leaseName: 'chex-operator', maxConcurrent: 8, qps: 0, burst: 1, imagePullSecrets: [], workerEnv: {}, logLevel: 'info' };
