import type { Node } from '../../models/network.ts';
import { trainedNodes } from '../graph.ts';
import type { Forward } from './forward.ts';
import type { GraphBuilder, Ref } from './graph-builder.ts';
import type { Emitted, Gradients, Wanted } from './operations/emission.ts';

/** Gradients of the objective with respect to the trainable weights, by full name. */
export function emitBackward(graph: GraphBuilder, nodes: readonly Node[], { emitted }: Forward, objective: string): ReadonlyMap<string, Ref> {
  const trained = trainedNodes(nodes);
  const ofOutputs = new Map<string, Ref>([[objective, graph.number(1)]]);
  const ofWeights = new Map<string, Ref>();
  for (const node of nodes.toReversed()) {
    const [result, dy] = [emitted.get(node.name), ofOutputs.get(node.name)];
    if (!trained.has(node.name) || result === undefined || dy === undefined) continue;
    const wanted = { inputs: node.inputs.map((input) => trained.has(input)), weights: node.weights.map((weight) => weight.trainable) };
    const gradients = gradientOf(result, { dy, wanted, node });
    node.inputs.forEach((input, index) => {
      const gradient = gradients.inputs[index] ?? null;
      if (wanted.inputs[index] !== true || gradient === null) return;
      const sofar = ofOutputs.get(input);
      // A node that several others read gets the sum of their gradients.
      ofOutputs.set(input, sofar === undefined ? gradient : graph.float('AddV2', [sofar, gradient]));
    });
    node.weights.forEach((weight, index) => {
      const gradient = gradients.weights[index] ?? null;
      if (weight.trainable && gradient !== null) ofWeights.set(`${node.name}/${weight.name}`, gradient);
    });
  }
  return ofWeights;
}

function gradientOf({ gradient }: Emitted, { dy, wanted, node }: { dy: Ref; wanted: Wanted; node: Node }): Gradients {
  if (gradient === undefined) throw new Error(`Cannot train through node ${node.name}: ${node.operation.kind} gave no gradient`);
  return gradient(dy, wanted);
}
