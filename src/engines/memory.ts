import { sizeOf } from '../models/layers.ts';
import type { Network, Node } from '../models/network.ts';
import { trainableWeights, weightsOf } from '../models/weights.ts';
import { keptForGradient, selectGraph, trainedNodes } from './graph.ts';

/** Bytes a WebAssembly heap can address. */
const HEAP_BYTES = 2 ** 32;
/** Of the heap, what tensors may fill: the rest is tfjs' own, scratch of the kernels, and holes between tensors. */
const USABLE = 0.9;

/** Bytes of tensors that one training step of the eager engine holds at its peak: `fixed + perExample * batch`. */
export interface StepMemory {
  readonly fixedBytes: number;
  readonly perExampleBytes: number;
}

/** The largest batch of which a training step fits a 4 GB heap; 0 where none does. */
export function largestBatch(network: Network): number {
  const { fixedBytes, perExampleBytes } = stepMemory(network);
  return Math.max(0, Math.floor((HEAP_BYTES * USABLE - fixedBytes) / perExampleBytes));
}

/** By playing a step with sizes in the place of tensors. */
export function stepMemory(network: Network): StepMemory {
  const trainable = trainableWeights(network).map((weight) => sizeOf(weight.shape));
  const trained = trainable.reduce((sum, size) => sum + size, 0);
  const all = weightsOf(network).reduce((sum, weight) => sum + sizeOf(weight.shape), 0);
  // Weights, both moments, gradients, and the updated form of one.
  const fixed = all + 3 * trained + Math.max(0, ...trainable);
  return { fixedBytes: 4 * fixed, perExampleBytes: 4 * peakFloats(network) };
}

function peakFloats(network: Network): number {
  const graph = selectGraph(network, [...(network.objective === undefined ? [] : [network.objective]), ...network.metrics]);
  const sizes = new Map(graph.nodes.map((node) => [node.name, sizeOf(node.shape)]));
  const size = (name: string) => sizes.get(name) ?? 0;
  const trained = trainedNodes(graph.nodes);
  const needs = new Map<string, number>();
  let alive = 0;
  let peak = 0;
  const hold = (name: string, times: number) => needs.set(name, (needs.get(name) ?? 0) + times);
  const release = (name: string) => {
    hold(name, -1);
    if (needs.get(name) === 0) alive -= size(name);
  };
  for (const node of graph.nodes) {
    alive += size(node.name) + (trained.has(node.name) ? ownFloats(node) : 0);
    peak = Math.max(peak, alive + passingFloats(node, size));
    hold(node.name, graph.readers.get(node.name) ?? 0);
    if (trained.has(node.name)) for (const name of readByGradient(node)) hold(name, 1);
    for (const input of node.inputs) release(input);
  }
  const gradients = new Set<string>();
  for (const node of graph.nodes.toReversed()) {
    if (!trained.has(node.name)) continue;
    for (const input of node.inputs) {
      if (!trained.has(input) || gradients.has(input)) continue;
      gradients.add(input);
      alive += size(input);
    }
    peak = Math.max(peak, alive + passingFloats(node, size));
    if (gradients.has(node.name)) alive -= size(node.name);
    alive -= ownFloats(node);
    for (const name of readByGradient(node)) release(name);
  }
  return peak;
}

function readByGradient(node: Node): readonly string[] {
  const kept = keptForGradient(node);
  return [...(kept.inputs ? node.inputs : []), ...(kept.output ? [node.name] : [])];
}

/** What a node keeps for its gradient beside inputs and output: the mask of a dropout. */
function ownFloats(node: Node): number {
  return node.operation.kind === 'dropout' ? sizeOf(node.shape) : 0;
}

/** What lives only while a node runs: losses and activations are made of a few operations of the size of their input. */
function passingFloats(node: Node, size: (name: string) => number): number {
  return 2 * size(node.inputs[0] ?? node.name);
}
