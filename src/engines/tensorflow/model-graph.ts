import type { Network, Node } from '../../models/network.ts';
import { lossesOf, weightsOf } from '../../models/weights.ts';
import type { NetworkWeight } from '../../models/weights.ts';
import type { Adam } from '../engine.ts';
import { selectGraph } from '../graph.ts';
import { booleanAttribute, textAttribute, typeAttribute } from './attributes.ts';
import { emitBackward } from './backward.ts';
import { emitForward, refOf } from './forward.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { Ref } from './graph-builder.ts';
import type { GraphNode } from './saved-model.ts';
import { tensorNames } from './tensor-names.ts';

export interface ModelGraphOptions {
  readonly network: Network;
  readonly seed: number;
  /** Absent for a network that is only run forward. */
  readonly adam?: Adam;
}

/**
 * All that a model does, as one TensorFlow graph: its variables and how they are set and read, the pass of inference
 * and, to train, a step: forward, backward and Adam in one call. Tensors are named by `tensorNames`.
 */
export function modelGraph({ network, seed, adam }: ModelGraphOptions): readonly GraphNode[] {
  const graph = new GraphBuilder();
  const feeds = new Map(network.nodes.filter(({ operation }) => operation.kind === 'input').map((node) => [node.name, feed(graph, node)]));
  const weights = weightsOf(network);
  const values = new Map(weights.map(({ fullName, shape }) => [fullName, variable(graph, tensorNames.weight(fullName), shape)]));
  const inferred = emitForward(graph, { network, nodes: network.nodes, feeds, weights: values, nameOf: tensorNames.inferred });
  // What is above a junction is the same in training.
  const junctions = network.nodes.filter(({ operation }) => operation.kind === 'junction').map(({ name }) => name);
  const same = selectGraph(network, junctions).nodes.map(({ name }) => [name, refOf(inferred.values, name)] as const);
  if (adam !== undefined && network.objective !== undefined) emitTraining(graph, { network, seed, adam, objective: network.objective, known: new Map([...feeds, ...same]), weights, values });
  return graph.nodes;
}

interface Training extends ModelGraphOptions {
  readonly adam: Adam;
  readonly objective: string;
  /** Of nodes that are there: the inputs and what training has in common with inference. */
  readonly known: ReadonlyMap<string, Ref>;
  readonly weights: readonly NetworkWeight[];
  /** Of the weights, by full name. */
  readonly values: ReadonlyMap<string, Ref>;
}

function emitTraining(graph: GraphBuilder, { network, seed, adam, objective, known, weights, values }: Training): void {
  const step = graph.cast(graph.placeholder(tensorNames.step, 'int32', []), 'int32', 'int64');
  const ramp = graph.placeholder(tensorNames.ramp, 'float32', []);
  const rate = graph.placeholder(tensorNames.rate, 'float32', []);
  const losses = lossesOf(network);
  const { nodes } = selectGraph(network, losses);
  const forward = emitForward(graph, { network, nodes, feeds: known, weights: values, nameOf: tensorNames.trained, training: { seed, step, ramp } });
  // Nothing is updated before every loss is known to be a number.
  const after = losses.map((name) => graph.float('CheckNumerics', [refOf(forward.values, name)], { message: textAttribute(name) }));
  const gradients = emitBackward(graph, nodes, forward, objective);

  const updates: Ref[] = [];
  const zeros: Ref[] = [];
  for (const { fullName, shape } of weights) {
    const gradient = gradients.get(fullName);
    if (gradient === undefined) continue;
    const moments = [tensorNames.firstMoment(fullName), tensorNames.secondMoment(fullName)];
    for (const moment of moments) {
      variable(graph, moment, shape);
      zeros.push(graph.assign(moment, graph.float('Fill', [graph.integers(shape), graph.number(0)], { index_type: typeAttribute('int32') })));
    }
    updates.push(applyAdam(graph, [tensorNames.weight(fullName), ...moments], { gradient, rate, adam, after }));
  }
  for (const node of nodes) {
    for (const { weight, value } of forward.emitted.get(node.name)?.moved ?? []) updates.push(graph.assign(tensorNames.weight(`${node.name}/${weight}`), value, { after }));
  }
  graph.done(tensorNames.updated, updates);
  graph.done(tensorNames.zeroed, zeros);
}

/** Keras's form. The rate comes whole from outside: with both powers 0 the operation's own correction is 1. */
function applyAdam(graph: GraphBuilder, variables: readonly Ref[], { gradient, rate, adam, after }: { gradient: Ref; rate: Ref; adam: Adam; after: readonly Ref[] }): Ref {
  const zero = graph.number(0);
  const factors = [graph.number(adam.beta1), graph.number(adam.beta2), graph.number(adam.epsilon)];
  return graph.float('ResourceApplyAdam', [...variables, zero, zero, rate, ...factors, gradient], { use_locking: booleanAttribute(false), use_nesterov: booleanAttribute(false) }, { after });
}

/** As float32, whatever is fed. */
function feed(graph: GraphBuilder, { name, operation, shape }: Node): Ref {
  const type = operation.kind === 'input' ? operation.dtype : 'float32';
  const fed = graph.placeholder(tensorNames.feed(name), type, [-1, ...shape]);
  return type === 'float32' ? fed : graph.cast(fed, type, 'float32');
}

/** Its value. */
function variable(graph: GraphBuilder, name: string, shape: readonly number[]): Ref {
  graph.variable(name, shape);
  graph.done(tensorNames.assigned(name), [graph.assign(name, graph.placeholder(tensorNames.given(name), 'float32', shape))]);
  return graph.read(name, tensorNames.value(name));
}
