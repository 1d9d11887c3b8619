/** The smallest valid objects, plus what a test overrides. */
import type { TrainingSpecInput } from '../src/api/schema.ts';
import { specSchema } from '../src/api/schema.ts';
import type { ChexTraining } from '../src/api/training.ts';
import { listPrices } from '../src/plan/cost/list-prices.ts';
import type { Settings } from '../src/plan/plan.ts';
import { plainPods } from '../src/plan/plan.ts';
import { assumedSpeeds } from '../src/plan/work.ts';

export function aTraining(spec: Partial<TrainingSpecInput> = {}, metadata: Partial<ChexTraining['metadata']> = {}): ChexTraining {
  return {
    metadata: { namespace: 'default', name: 'chest', uid: '6f1c', generation: 1, ...metadata },
    spec: specSchema.parse({
      dataset: { uri: 's3://hospital/CheXpert-v1.0-small' },
      output: { uri: 's3://hospital/runs' },
      combined: { backbone: 'Small' },
      ...spec,
    }),
  };
}

export function someSettings(settings: Partial<Settings> = {}): Settings {
  return {
    workerImage: 'chex-worker:test',
    operatorVersion: '0.1.0',
    engine: 'wasm',
    threads: { autoencoders: 1, combined: 1 },
    maxParallel: 14,
    preprocessParallelism: 64,
    gpus: null,
    assumedSpeed: assumedSpeeds.gpu,
    prices: listPrices,
    pods: plainPods,
    ...settings,
  };
}
