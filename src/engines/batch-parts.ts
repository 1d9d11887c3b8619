import { sizeOf } from '../models/layers.ts';
import type { Network, Node } from '../models/network.ts';
import type { Feeds } from './engine.ts';
import { fedInputs } from './feeds.ts';
import { selectGraph } from './graph.ts';
import type { Graph } from './graph.ts';

/** Neighbouring films of a batch. */
export interface BatchPart {
  readonly firstFilm: number;
  /** Views into the batch's. */
  readonly feeds: Feeds;
  /** Of the batch's films. */
  readonly share: number;
  /** How much the part's mean counts in the batch's, by the name of the loss: its films, or its weights where they weigh. */
  readonly lossShares: Readonly<Record<string, number>>;
}

/** With fewer, a batch's statistics are noise. */
const leastFilmsOfBatchNorm = 4;

/** How many parts a batch may be cut into for a training step: batchNorm takes its statistics from a part, so none is tiny. */
export function mostTrainingParts(network: Network, { threads, films }: { threads: number; films: number }): number {
  const normalises = network.nodes.some(({ operation, weights }) => operation.kind === 'batchNorm' && weights.some(({ trainable }) => trainable));
  return Math.max(1, Math.min(threads, Math.floor(films / (normalises ? leastFilmsOfBatchNorm : 1))));
}

/** Parts in order whose sizes differ by at most one, the larger first. Throws EngineError where what is fed is not a batch. */
export function batchParts({ network, wanted, feeds }: { network: Network; wanted: readonly string[]; feeds: Feeds }, mostParts: (films: number, graph: Graph) => number): BatchPart[] {
  const graph = selectGraph(network, wanted, feeds);
  const { nodes } = graph;
  const fed = fedInputs(nodes, feeds);
  const films = Math.max(0, ...[...fed.values()].map(({ shape }) => shape[0] ?? 0));
  const parts = Math.max(1, Math.min(films, mostParts(films, graph)));
  return Array.from({ length: parts }, (_, part) => {
    const [from, to] = [firstOf(part, { films, parts }), firstOf(part + 1, { films, parts })];
    const cut = Object.fromEntries([...fed].map(([name, { shape, values }]) => [name, values.subarray(from * sizeOf(shape.slice(1)), to * sizeOf(shape.slice(1)))]));
    const share = films === 0 ? 1 : (to - from) / films;
    return { firstFilm: from, feeds: cut, share, lossShares: Object.fromEntries(nodes.filter(isLoss).map((node) => [node.name, weightShare(node, cut, feeds) ?? share])) };
  });
}

export function isLoss({ shape, operation }: Node): boolean {
  return shape.length === 0 && operation.kind !== 'input';
}

function firstOf(part: number, { films, parts }: { films: number; parts: number }): number {
  return part * Math.floor(films / parts) + Math.min(part, films % parts);
}

/** Of a loss that is the mean by fed weights; null for others. */
function weightShare({ operation, inputs: [, , weight = ''] }: Node, part: Feeds, whole: Feeds): number | null {
  const [ours, all] = [part[weight], whole[weight]];
  if (operation.kind !== 'binaryCrossEntropy' && operation.kind !== 'categoricalCrossEntropy') return null;
  if (ours === undefined || all === undefined) return null;
  const total = sum(all);
  // Without any weight the loss is 0.
  return total === 0 ? 0 : sum(ours) / total;
}

function sum(values: Uint8Array | Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
