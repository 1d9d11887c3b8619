import { labelOf } from '../api/observations.ts';
import type { Observation } from '../api/observations.ts';
import type { TrainingSpec } from '../api/schema.ts';
import { demandHeapRoom, heapBytes, largestBatch, leastPart } from '../engines/memory.ts';
import { autoencoder } from '../models/autoencoder.ts';
import { combinedNetworks, residentsOf } from '../models/combined-networks.ts';
import type { Network } from '../models/network.ts';
import { overrideOf } from '../plan/override-of.ts';
import { autoencoderKey } from '../plan/plan.ts';
import type { EarlierSteps } from './earlier-steps.ts';
import type { Machine } from './machine.ts';

interface WasmRoom {
  readonly spec: TrainingSpec;
  readonly finished: EarlierSteps['finished'];
  readonly threads: { readonly autoencoders: number; readonly combined: number };
  readonly findPositives: () => Promise<readonly number[]>;
}

/**
 * Refuses a training that the wasm engine has no room for, so that it does not end after hours of work: the workers
 * look only when their own step starts. What is finished needs no room. `findPositives` counts the training films of the
 * 14 labels; it is asked only where the combined model does not fit with all observations, of which those without a
 * film get no autoencoder. Throws EngineError.
 */
export async function demandWasmRoom({ spec, finished, threads, findPositives }: WasmRoom): Promise<void> {
  const { preprocess, autoencoders, combined, observations } = spec;
  const single = autoencoder({ size: preprocess.size, width: autoencoders.width, loss: autoencoders.loss });
  for (const observation of observations) {
    if (finished.has(autoencoderKey(observation))) continue;
    demandHeapRoom([single], overrideOf(spec, observation)?.batchSize ?? autoencoders.batchSize, threads.autoencoders);
  }
  if (finished.has('combined') || combined.batchSize <= largestBatch(combinedResidents(spec, observations), threads.combined)) return;
  const positives = await findPositives();
  demandHeapRoom(combinedResidents(spec, observations.filter((observation) => positives[labelOf(observation)] !== 0)), combined.batchSize, threads.combined);
}

function combinedResidents({ preprocess, autoencoders, combined, observations }: TrainingSpec, sources: readonly Observation[]): readonly Network[] {
  const { architecture, head, backbone } = combined;
  return residentsOf(combinedNetworks({ size: preprocess.size, width: autoencoders.width, observations, sources, architecture, head, backbone }));
}

/**
 * For autoencoders as many as have a core, room for their heap and enough films of a batch. The combined model gets one: its
 * head has so many weights for so little arithmetic that threads pass them on for longer than they save.
 */
export function wasmThreads({ observations, autoencoders }: TrainingSpec, { cores, memoryBytes }: Pick<Machine, 'cores' | 'memoryBytes'>, maxParallel: number): { autoencoders: number; combined: number } {
  const heaps = Math.round(memoryBytes / heapBytes);
  const atOnce = Math.min(maxParallel, observations.length);
  return { autoencoders: Math.max(1, Math.min(Math.floor(cores / atOnce), Math.floor(heaps / atOnce), Math.floor(autoencoders.batchSize / leastPart))), combined: 1 };
}
