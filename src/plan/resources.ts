import type { Container } from '../api/kubernetes.ts';
import type { Observation } from '../api/observations.ts';
import type { TrainingSpec } from '../api/schema.ts';
import type { Stage } from '../api/stages.ts';
import { overrideOf } from './override-of.ts';

/** What a Pod asks of a node: quantities, and whole GPUs. */
export interface Resources {
  readonly cpu: string;
  readonly memory: string;
  readonly gpu: number;
}

/** Reading a table asks little of a machine, whatever the films ask later. */
const catalogResources: Resources = { cpu: '1', memory: '1Gi', gpu: 0 };

export function resourcesOf(spec: TrainingSpec, { stage, observation }: { readonly stage: Stage; readonly observation?: Observation }): Resources {
  if (stage === 'catalog') return catalogResources;
  const { cpu, memory, gpu } = spec[stage].resources;
  const own = observation === undefined ? undefined : overrideOf(spec, observation)?.resources;
  return { cpu: own?.cpu ?? cpu, memory: own?.memory ?? memory, gpu: own?.gpu ?? gpu };
}

export const gpuResource = 'nvidia.com/gpu';

/** As a container asks for it. GPUs cannot be shared, so their limit is all that there is to say. */
export function containerResources({ cpu, memory, gpu }: Resources): Container['resources'] {
  return { requests: { cpu, memory }, limits: { memory, ...(gpu > 0 ? { [gpuResource]: String(gpu) } : {}) } };
}

/** Threads that find a CPU each: at least 1. */
export function threadsFor({ cpu }: Resources): number {
  const amount = Number.parseFloat(cpu);
  return Math.max(1, Math.floor(cpu.endsWith('m') ? amount / 1000 : amount));
}
