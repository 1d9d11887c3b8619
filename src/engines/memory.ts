import { sizeOf } from '../models/layers.ts';
import type { Network, Node, Operation } from '../models/network.ts';
import { frozenWeights, lossesOf, parameterCount, trainableCount, trainableWeights } from '../models/weights.ts';
import { EngineError } from './engine.ts';
import { keptForGradient, selectGraph, trainedNodes } from './graph.ts';
import type { Graph } from './graph.ts';

/** Bytes a WebAssembly heap can address. */
export const heapBytes = 2 ** 32;
/** Of the heap, what tensors may fill: the rest is tfjs' own, scratch of the kernels, and holes between tensors. */
const usableShare = 0.9;

/** Films of a batch that a thread gets at the least: batchNorm takes its statistics from a part, and a training is no worse for eight or more. */
export const leastPart = 8;

/** Throws EngineError where these networks do not fit a heap of 4 GB with batches of so many films, cut into one part a thread. */
export function demandHeapRoom(residents: readonly Network[], batch: number, threads = 1): void {
  const largest = largestBatch(residents, threads);
  if (batch <= largest) return;
  const names = `${residents.map(({ name }) => name).join(' and ')} ${residents.length === 1 ? 'network' : 'networks'}`;
  const frozen = floatBytes * residents.reduce((sum, network) => sum + frozenWeights(network).reduce((count, { shape }) => count + sizeOf(shape), 0), 0);
  const beside = frozen === 0 ? '' : ` beside ${Math.ceil(frozen / 1e6)} MB of frozen weights`;
  const native = 'the native engine (`npm run build:native`), which has no such limit';
  const next = largest > 0
    ? `The largest batch that fits is ${largest}: set batchSize to it, or use ${native}`
    : `Not even a batch of one film fits: use ${native}, or smaller films${frozen > 0 ? ', or fewer observations' : ''}`;
  throw new EngineError(`Cannot train the ${names} with batches of ${batch} on the wasm engine: a step does not fit its heap of 4 GB${threads === 1 ? '' : ' a thread'}${beside}. ${next}`);
}

/** The largest batch with which they fit the heaps of 4 GB of so many threads, or of one alone; 0 where none does. */
export function largestBatch(residents: readonly Network[], threads = 1): number {
  const alone = largestPart(residents, restingBytes(residents));
  // Of several threads none has moments in its heap.
  const part = threads === 1 ? 0 : largestPart(residents, weightBytes(residents));
  return part < leastPart ? alone : Math.max(alone, part * threads);
}

/** Films that one heap has room for, beside bytes that rest. */
function largestPart(residents: readonly Network[], resting: number): number {
  const room = heapBytes * usableShare - resting;
  return Math.max(0, Math.min(...residents.map(stepMemory).map(({ fixedBytes, perExampleBytes }) => Math.floor((room - fixedBytes) / perExampleBytes))));
}

/**
 * Films that a pass forward takes at a time, at least one: they fill a quarter of the heap, which any network leaves that can be
 * trained in it. Weights with both moments are three quarters at most, since gradients want as much again as weights.
 */
export function filmsOfPass(graph: Graph): number {
  return Math.max(1, Math.floor(heapBytes / 4 / (floatBytes * peakFloats(graph, new Set()))));
}

/** Bytes of tensors that are held at the most while networks are trained with batches of so many films. */
export function peakBytes(residents: readonly Network[], batch: number): number {
  return restingBytes(residents) + Math.max(...residents.map(stepMemory).map(({ fixedBytes, perExampleBytes }) => fixedBytes + perExampleBytes * batch));
}

/** All weights, and both moments of those that are trained. */
function restingBytes(residents: readonly Network[]): number {
  return weightBytes(residents) + 2 * floatBytes * residents.reduce((sum, network) => sum + trainableCount(network), 0);
}

function weightBytes(residents: readonly Network[]): number {
  return floatBytes * residents.reduce((sum, network) => sum + parameterCount(network), 0);
}

/** What one training step holds beside all that rests; no other pass holds more. */
interface StepMemory {
  readonly fixedBytes: number;
  readonly perExampleBytes: number;
}

const floatBytes = 4;

/** With nothing fed that can be computed. */
function stepMemory(network: Network): StepMemory {
  const largest = Math.max(0, ...trainableWeights(network).map(({ shape }) => sizeOf(shape)));
  const graph = selectGraph(network, lossesOf(network));
  // Gradients, and the updated form of one weight.
  return { fixedBytes: floatBytes * (trainableCount(network) + largest), perExampleBytes: floatBytes * peakFloats(graph, trainedNodes(graph.nodes)) };
}

/** Of one example, by playing the graph with sizes in the place of tensors: forward, and back through the nodes that are trained. */
function peakFloats(graph: Graph, trained: ReadonlySet<string>): number {
  const sizes = new Map(graph.nodes.map((node) => [node.name, sizeOf(node.shape)]));
  const size = (name: string) => sizes.get(name) ?? 0;
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

/** Operations that one kernel does, with nothing beside its output. */
const single: ReadonlySet<Operation['kind']> = new Set(['maxPool2d', 'averagePool2d', 'relu', 'leakyRelu', 'flatten', 'reshape', 'crop', 'concat', 'junction']);

/** What lives only while a node runs: most are made of a few operations of the size of their input. */
function passingFloats({ operation, shape, name, inputs }: Node, size: (name: string) => number): number {
  if (operation.kind === 'conv2d' || operation.kind === 'conv2dTranspose') return operation.bias ? sizeOf(shape) : 0;
  return single.has(operation.kind) ? 0 : 2 * size(inputs[0] ?? name);
}
