import { observations } from '../api/observations.ts';
import type { Prices } from '../api/prices.ts';
import type { Settings } from '../plan/plan.ts';
import { assumedSpeeds } from '../plan/work.ts';
import type { OperatorOptions } from './options.ts';

/** What a cluster decides of the plan: there it is its scheduler, not we, that knows how much room there is. */
export function clusterSettings({ workerImage, imagePullSecrets, workerEnv }: OperatorOptions, version: string, prices: Prices): Settings {
  return {
    workerImage,
    operatorVersion: version,
    engine: 'auto',
    threads: null,
    maxParallel: observations.length,
    preprocessParallelism: Infinity,
    gpus: null,
    assumedSpeed: assumedSpeeds.gpu,
    prices,
    pods: { imagePullSecrets, environment: workerEnv },
  };
}
