import type { Network } from '../models/network.ts';
import { DivergedError } from './engine.ts';
import type { Scalars } from './engine.ts';

/** The first loss that is not finite; null where all are. */
export function lossNotFinite(losses: Scalars): readonly [name: string, value: number] | null {
  return Object.entries(losses).find(([, value]) => !Number.isFinite(value)) ?? null;
}

/** `updates`: before the step that failed. `bad`: the first tensor that is not finite. */
export function divergedError(network: Network, { loss: [name, value], updates, bad }: { loss: readonly [name: string, value: number]; updates: number; bad: string }): DivergedError {
  return new DivergedError(`Cannot train ${network.name}: ${name} is ${String(value)} at step ${String(updates + 1)}; the first tensor that is not finite is ${bad}. The weights are unchanged; try a smaller learning rate`);
}
