import { tensorNames } from '../tensor-names.ts';
import { nth } from './emission.ts';
import type { AnyEmission, Emitted } from './emission.ts';

/** Rounded to float16, or what is fed: then nothing above it is run. */
export function junction({ graph, node, inputs }: AnyEmission): Emitted {
  const rounded = graph.cast(graph.cast(nth(inputs, 0, node), 'float32', 'float16'), 'float16', 'float32');
  return { output: graph.placeholderWithDefault(tensorNames.feed(node.name), rounded, [-1, ...node.shape]) };
}
