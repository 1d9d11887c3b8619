import type { ChexTraining } from '../api/training.ts';
import type { Program } from '../local/worker-process.ts';
import { listPrices } from '../plan/cost/list-prices.ts';
import type { Settings } from '../plan/plan.ts';
import { plainPods } from '../plan/plan.ts';
import { assumedSpeeds } from '../plan/work.ts';
import { wasmThreads } from './wasm-room.ts';

/** This machine and this process, as main knows them. */
export interface Machine {
  readonly cores: number;
  /** That this process may use. */
  readonly memoryBytes: number;
  /** GPUs that the native engine can use. */
  readonly gpus: number;
  /** Whether the native engine is built. */
  readonly hasNative: boolean;
  readonly host: string;
  readonly pid: number;
  readonly isAlive: (pid: number) => boolean;
  readonly version: string;
  readonly program: Program;
}

/** Whether the native engine trains: else it is wasm. */
export function usesNative({ machine, engine }: { machine: Machine; engine: Settings['engine'] }): boolean {
  return engine === 'native' || (engine === 'auto' && machine.hasNative);
}

/** What a machine can do for a training: the autoencoders that run at a time share the cores, and the combined model has them alone. */
export function machineSettings({ spec }: ChexTraining, { machine, engine }: { machine: Machine; engine: Settings['engine'] }): Settings {
  const maxParallel = spec.autoencoders.maxParallel ?? Math.max(1, machine.gpus);
  return {
    workerImage: 'this machine',
    operatorVersion: machine.version,
    engine,
    threads: usesNative({ machine, engine }) ? { autoencoders: Math.max(1, Math.floor(machine.cores / maxParallel)), combined: machine.cores } : wasmThreads(spec, machine, maxParallel),
    maxParallel,
    gpus: machine.gpus,
    // Each worker decodes on all cores by itself; a second one fills the gaps while the first starts and ends.
    preprocessParallelism: 2,
    assumedSpeed: machine.gpus > 0 ? assumedSpeeds.gpu : assumedSpeeds.core,
    prices: listPrices,
    // A training written for GPUs is tried on any machine; which engine computes is said, and asked for by --engine.
    pods: { ...plainPods, environment: { CHEX_REQUIRE_GPU: 'false' } },
  };
}
