import type { GraphBuilder, Ref } from '../graph-builder.ts';
import { nth } from './emission.ts';
import type { AnyEmission, Emitted } from './emission.ts';

/** Mean over batch and elements; the gradient of |x| at 0 is 0. */
export function meanAbsoluteError(call: AnyEmission): Emitted {
  const { graph, node } = call;
  const { difference, axes } = compared(call);
  return {
    output: graph.reduce('Mean', graph.float('Abs', [difference]), axes),
    gradient: (dy, wanted) => slopes(graph, graph.float('Mul', [graph.float('Sign', [difference]), share(graph, dy, nth(call.inputs, 0, node))]), wanted.inputs[1]),
  };
}

export function meanSquaredError(call: AnyEmission): Emitted {
  const { graph, node } = call;
  const { difference, axes } = compared(call);
  return {
    output: graph.reduce('Mean', graph.float('Square', [difference]), axes),
    gradient: (dy, wanted) => slopes(graph, graph.float('Mul', [difference, share(graph, graph.float('Mul', [dy, graph.number(2)]), nth(call.inputs, 0, node))]), wanted.inputs[1]),
  };
}

/** Of each logit on its own, from logits in the form that cannot overflow: max(x, 0) - x t + log(1 + exp(-|x|)). */
export function binaryCrossEntropy({ graph, node, inputs }: AnyEmission): Emitted {
  const [logits, target, weight] = [nth(inputs, 0, node), nth(inputs, 1, node), nth(inputs, 2, node)];
  const linear = graph.float('Sub', [graph.float('Relu', [logits]), graph.float('Mul', [logits, target])]);
  const curved = graph.float('Log1p', [graph.float('Exp', [graph.float('Neg', [graph.float('Abs', [logits])])])]);
  const total = graph.reduce('Sum', weight, [0, 1]);
  const weighted = graph.float('Mul', [graph.float('AddV2', [linear, curved]), weight]);
  return {
    output: graph.float('DivNoNan', [graph.reduce('Sum', weighted, [0, 1]), total]),
    gradient: (dy) => {
      const slope = graph.float('Mul', [graph.float('Sub', [graph.float('Sigmoid', [logits]), target]), weight]);
      return { inputs: [graph.float('Mul', [slope, graph.float('DivNoNan', [dy, total])]), null, null], weights: [] };
    },
  };
}

export function categoricalCrossEntropy({ graph, node, inputs }: AnyEmission): Emitted {
  const [logits, target, weight] = [nth(inputs, 0, node), nth(inputs, 1, node), nth(inputs, 2, node)];
  const likelihood = graph.reduce('Sum', graph.float('Mul', [target, graph.float('LogSoftmax', [logits])]), [-1], true);
  const total = graph.reduce('Sum', weight, [0, 1]);
  const weighted = graph.float('Mul', [graph.float('Neg', [likelihood]), weight]);
  return {
    output: graph.float('DivNoNan', [graph.reduce('Sum', weighted, [0, 1]), total]),
    gradient: (dy) => {
      const positives = graph.reduce('Sum', target, [-1], true);
      const slope = graph.float('Sub', [graph.float('Mul', [graph.float('Softmax', [logits]), positives]), target]);
      return { inputs: [graph.float('Mul', [graph.float('Mul', [slope, weight]), graph.float('DivNoNan', [dy, total])]), null, null], weights: [] };
    },
  };
}

function compared({ graph, node, inputs, inputShapes }: AnyEmission): { difference: Ref; axes: number[] } {
  const rank = 1 + nth(inputShapes, 0, node).length;
  return { difference: graph.float('Sub', [nth(inputs, 0, node), nth(inputs, 1, node)]), axes: Array.from({ length: rank }, (_, axis) => axis) };
}

function slopes(graph: GraphBuilder, slope: Ref, isTargetWanted: boolean | undefined) {
  return { inputs: [slope, isTargetWanted === true ? graph.float('Neg', [slope]) : null], weights: [] };
}

/** What one element has of the gradient of a mean. */
function share(graph: GraphBuilder, dy: Ref, of: Ref): Ref {
  return graph.float('RealDiv', [dy, graph.sizeOf(of)]);
}
