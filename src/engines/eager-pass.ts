import type * as Tf from '@tensorflow/tfjs-core';
import type { Network, Node } from '../models/network.ts';
import { lossesOf } from '../models/weights.ts';
import { batchParts } from './batch-parts.ts';
import type { Feeds, Scalars } from './engine.ts';
import { fedInputs } from './feeds.ts';
import { selectGraph } from './graph.ts';
import { inScope } from './in-scope.ts';
import { joinOutputs } from './join-parts.ts';
import type { Kernels } from './kernels.ts';
import { filmsOfPass } from './memory.ts';
import type { Training } from './operations/operation.ts';
import { runBackward, runForward } from './run.ts';
import type { Run, Setting } from './run.ts';

/** A network with its weights on tfjs. Every pass over it wants a scope of tfjs around it. */
export interface Computing {
  readonly tf: typeof Tf;
  readonly kernels: Kernels;
  readonly network: Network;
  /** By full name. */
  readonly weights: ReadonlyMap<string, Tf.Tensor>;
}

/** A training step before its update. */
export interface StepPass {
  readonly losses: Scalars;
  /** New moving statistics by weight name. */
  readonly moved: ReadonlyMap<string, Tf.Tensor>;
  /** Of `share` times the objective, by weight name; once, for it frees what only it needed. */
  gradients(objective: string, share?: number): ReadonlyMap<string, Tf.Tensor>;
}

export function stepPass(computing: Computing, feeds: Feeds, training: Training): StepPass {
  const names = lossesOf(computing.network);
  const { setting, run } = forward(computing, { wanted: names, feeds, training });
  return { losses: scalars(names, run.values), moved: run.moved, gradients: (objective, share) => runBackward(setting, run, { objective, share }) };
}

/** Losses without dropout, with moving statistics. */
export function evaluatePass(computing: Computing, feeds: Feeds): Scalars {
  const names = lossesOf(computing.network);
  return scalars(names, forward(computing, { wanted: names, feeds }).run.values);
}

/** Values of nodes without dropout, with moving statistics; of a batch that the wasm heap has no room for one part after the other. */
export function predictPass<Name extends string>(computing: Computing, feeds: Feeds, outputs: readonly Name[]): Record<Name, Float32Array> {
  const { network, tf } = computing;
  const parts = batchParts({ network, wanted: outputs, feeds }, (films, graph) => Math.ceil(films / filmsOfPass(graph)));
  const answers = parts.map((part) => inScope(tf, () => predictPart(computing, part.feeds, outputs)));
  return joinOutputs(network, { parts, answers, outputs });
}

function predictPart<Name extends string>(computing: Computing, feeds: Feeds, outputs: readonly Name[]): Record<Name, Float32Array> {
  const { run } = forward(computing, { wanted: outputs, feeds });
  return Object.fromEntries(outputs.map((name) => [name, run.values.get(name)?.dataSync<'float32'>()])) as Record<Name, Float32Array>;
}

/** Runs a training step's forward pass once more to find where the first value that is not a number appears: a weight or a node. */
export function firstNotFinite(computing: Computing, feeds: Feeds, training: Training): string {
  const weight = [...computing.weights].find(([, tensor]) => !isFinite(tensor))?.[0];
  if (weight !== undefined) return weight;
  const isBad = ({ name }: Node) =>
    computing.tf.tidy(() => {
      const output = forward(computing, { wanted: [name], feeds, training }).run.values.get(name);
      return output !== undefined && !isFinite(output);
    });
  return selectGraph(computing.network, lossesOf(computing.network), feeds).nodes.find(isBad)?.name ?? 'unknown';
}

function forward({ tf, kernels, network, weights }: Computing, { wanted, feeds, training }: { wanted: readonly string[]; feeds: Feeds; training?: Training }): { setting: Setting; run: Run } {
  const graph = selectGraph(network, wanted, feeds);
  const setting = { tf, kernels, graph, weights, ...(training && { training }) };
  return { setting, run: runForward(setting, feedTensors(tf, graph.nodes, feeds)) };
}

/** As float32. */
function feedTensors(tf: typeof Tf, nodes: readonly Node[], feeds: Feeds): ReadonlyMap<string, Tf.Tensor> {
  return new Map([...fedInputs(nodes, feeds)].map(([name, { shape, values }]) => [name, tf.tensor(values instanceof Float32Array ? values : new Float32Array(values), [...shape])]));
}

function scalars(names: readonly string[], values: ReadonlyMap<string, Tf.Tensor>): Scalars {
  return Object.fromEntries(names.map((name) => [name, values.get(name)?.dataSync()[0] ?? Number.NaN]));
}

function isFinite(tensor: Tf.Tensor): boolean {
  return tensor.dataSync().every((value) => Number.isFinite(value));
}
