import type { Network } from '../models/network.ts';
import { isLoss } from './batch-parts.ts';
import type { BatchPart } from './batch-parts.ts';
import type { Feeds, Scalars } from './engine.ts';

/** Losses of a batch from those of its parts, in the parts' order. */
export function joinLosses(parts: readonly BatchPart[], losses: readonly Scalars[]): Scalars {
  return Object.fromEntries(Object.keys(losses[0] ?? {}).map((name) => [name, joinLoss(parts, losses.map((each) => each[name]), name)]));
}

function joinLoss(parts: readonly BatchPart[], values: readonly (number | undefined)[], name: string): number {
  return parts.reduce((sum, { share, lossShares }, part) => sum + (lossShares[name] ?? share) * (values[part] ?? Number.NaN), 0);
}

/** Values of these nodes for a batch from those of its parts. */
export function joinOutputs<Name extends string>(network: Network, { parts, answers, outputs }: { parts: readonly BatchPart[]; answers: readonly Partial<Record<string, Float32Array>>[]; outputs: readonly Name[] }): Record<Name, Float32Array> {
  const losses = new Set(network.nodes.filter(isLoss).map(({ name }) => name));
  const valuesOf = (name: Name) => {
    if (losses.has(name)) return Float32Array.of(joinLoss(parts, answers.map((answer) => answer[name]?.[0]), name));
    return joinValues(answers.map((answer) => answer[name] ?? new Float32Array()));
  };
  return Object.fromEntries(outputs.map((name) => [name, valuesOf(name)])) as Record<Name, Float32Array>;
}

/** Values of a batch's films, in their order. */
function joinValues(values: readonly Float32Array[]): Float32Array {
  const [first] = values;
  if (first !== undefined && values.length === 1) return first;
  const joined = new Float32Array(values.reduce((count, { length }) => count + length, 0));
  let start = 0;
  for (const part of values) {
    joined.set(part, start);
    start += part.length;
  }
  return joined;
}

/** To hand over to a thread. */
export function copyOf(feeds: Feeds): Feeds {
  return Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, values.slice()]));
}
