import type * as Tf from '@tensorflow/tfjs-core';
import type { Node } from '../models/network.ts';
import { keptForGradient, trainedNodes } from './graph.ts';
import type { Graph } from './graph.ts';
import type { Kernels } from './kernels.ts';
import { apply } from './operations/apply.ts';
import type { Applied, Gradients, Training, Wanted } from './operations/operation.ts';

export interface Setting {
  readonly tf: typeof Tf;
  readonly kernels: Kernels;
  readonly graph: Graph;
  /** By full weight name. */
  readonly weights: ReadonlyMap<string, Tf.Tensor>;
  readonly training?: Training;
}

/** A pass that went forward. */
export interface Run {
  /** Values of the nodes that are still alive; the wanted ones are. */
  readonly values: ReadonlyMap<string, Tf.Tensor>;
  /** New moving statistics by weight name. */
  readonly moved: ReadonlyMap<string, Tf.Tensor>;
  readonly applied: ReadonlyMap<string, Applied>;
  readonly lives: Lives;
}

/** How many still need a tensor; it is disposed of when none does. */
export class Lives {
  readonly #needs = new Map<number, number>();

  need(tensor: Tf.Tensor, times: number): void {
    this.#needs.set(tensor.id, (this.#needs.get(tensor.id) ?? 0) + times);
  }

  release(tensor: Tf.Tensor): void {
    const left = (this.#needs.get(tensor.id) ?? 0) - 1;
    this.#needs.set(tensor.id, left);
    if (left <= 0) tensor.dispose();
  }
}

/** Runs the graph's nodes in order. Call it within a tidy: what is alive in the end belongs to the caller's scope. */
export function runForward(setting: Setting, fed: ReadonlyMap<string, Tf.Tensor>): Run {
  const { tf, kernels, graph, weights, training } = setting;
  const trained = training === undefined ? new Set<string>() : trainedNodes(graph.nodes);
  const values = new Map<string, Tf.Tensor>();
  const moved = new Map<string, Tf.Tensor>();
  const applied = new Map<string, Applied>();
  const lives = new Lives();
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => valueOf(values, name));
    const own = node.weights.map((weight) => valueOf(weights, `${node.name}/${weight.name}`));
    const output = fed.get(node.name);
    const result: Applied = output === undefined ? scoped(tf, () => apply({ tf, kernels, node, inputs, weights: own, ...(training && { training }) })) : { output };
    values.set(node.name, result.output);
    lives.need(result.output, graph.readers.get(node.name) ?? 0);
    for (const { weight, value } of result.moved ?? []) moved.set(`${node.name}/${weight}`, value);
    if (trained.has(node.name)) {
      applied.set(node.name, result);
      for (const tensor of readByGradient(node, inputs, result)) lives.need(tensor, 1);
    } else for (const tensor of result.saved ?? []) tensor.dispose();
    for (const input of inputs) lives.release(input);
  }
  return { values, moved, applied, lives };
}

function readByGradient(node: Node, inputs: readonly Tf.Tensor[], { output, saved = [] }: Applied): readonly Tf.Tensor[] {
  const kept = keptForGradient(node);
  return [...(kept.inputs ? inputs : []), ...(kept.output ? [output] : []), ...saved];
}

/** Gradients of `share` times the objective with respect to the trainable weights, by full name. Frees what only the gradient needed. */
export function runBackward({ tf, graph }: Setting, run: Run, { objective, share = 1 }: { objective: string; share?: number | undefined }): ReadonlyMap<string, Tf.Tensor> {
  const ofOutputs = new Map<string, Tf.Tensor>([[objective, tf.scalar(share)]]);
  const ofWeights = new Map<string, Tf.Tensor>();
  for (const node of graph.nodes.toReversed()) {
    const result = run.applied.get(node.name);
    if (result === undefined) continue;
    const dy = ofOutputs.get(node.name);
    if (dy !== undefined) {
      const wanted = { inputs: node.inputs.map((input) => run.applied.has(input)), weights: node.weights.map((weight) => weight.trainable) };
      const gradients = scoped(tf, () => gradientOf(result, { dy, wanted, node }));
      node.inputs.forEach((input, index) => {
        const gradient = gradients.inputs[index] ?? null;
        if (wanted.inputs[index] === true && gradient !== null) add(tf, ofOutputs, { name: input, gradient });
        else gradient?.dispose();
      });
      node.weights.forEach((weight, index) => {
        const gradient = gradients.weights[index] ?? null;
        if (weight.trainable && gradient !== null) ofWeights.set(`${node.name}/${weight.name}`, gradient);
      });
      ofOutputs.delete(node.name);
      dy.dispose();
    }
    const inputs = node.inputs.map((name) => valueOf(run.values, name));
    for (const tensor of readByGradient(node, inputs, result)) run.lives.release(tensor);
  }
  return ofWeights;
}

/** A node that several others read gets the sum of their gradients. */
function add(tf: typeof Tf, gradients: Map<string, Tf.Tensor>, { name, gradient }: { name: string; gradient: Tf.Tensor }): void {
  const sofar = gradients.get(name);
  if (sofar === undefined) {
    gradients.set(name, gradient);
    return;
  }
  gradients.set(name, tf.add(sofar, gradient));
  sofar.dispose();
  gradient.dispose();
}

/** tfjs' tidy, for results that hold functions beside their tensors. */
function scoped<Result extends object>(tf: typeof Tf, work: () => Result): Result {
  return tf.tidy(work as unknown as () => Tf.TensorContainer) as unknown as Result;
}

function gradientOf({ gradient }: Applied, { dy, wanted, node }: { dy: Tf.Tensor; wanted: Wanted; node: Node }): Gradients {
  if (gradient === undefined) throw new Error(`Cannot train through node ${node.name}: ${node.operation.kind} gave no gradient`);
  return gradient(dy, wanted);
}

function valueOf(values: ReadonlyMap<string, Tf.Tensor>, name: string): Tf.Tensor {
  const value = values.get(name);
  if (value === undefined) throw new Error(`Cannot run the network: ${name} has no value`);
  return value;
}
