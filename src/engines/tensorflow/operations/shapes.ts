import { integerAttribute, typeAttribute, tensorAttribute } from '../attributes.ts';
import { nth, toInput } from './emission.ts';
import type { AnyEmission, Emission, Emitted } from './emission.ts';

/** flatten and reshape. */
export function reshape({ graph, node, inputs, inputShapes }: AnyEmission): Emitted {
  return { output: graph.reshape(nth(inputs, 0, node), node.shape), gradient: (dy) => toInput(graph.reshape(dy, nth(inputShapes, 0, node))) };
}

export function repeatChannels({ graph, node, operation, inputs }: Emission<'repeatChannels'>): Emitted {
  return {
    output: graph.tile(nth(inputs, 0, node), [...Array<number>(node.shape.length).fill(1), operation.times]),
    gradient: (dy) => toInput(graph.reduce('Sum', dy, [-1], true)),
  };
}

export function crop({ graph, node, operation, inputs }: Emission<'crop'>): Emitted {
  const { top, bottom, left, right } = operation;
  const begin = graph.integers([0, top, left, 0]);
  const paddings = () => graph.add('Const', [], { dtype: typeAttribute('int32'), value: tensorAttribute({ type: 'int32', shape: [4, 2], values: Int32Array.of(0, 0, top, bottom, left, right, 0, 0) }) });
  return {
    output: graph.float('Slice', [nth(inputs, 0, node), begin, graph.integers([-1, ...node.shape])], { Index: typeAttribute('int32') }),
    gradient: (dy) => toInput(graph.float('Pad', [dy, paddings()], { Tpaddings: typeAttribute('int32') })),
  };
}

/** Along the last axis. */
export function concat({ graph, inputs, inputShapes }: AnyEmission): Emitted {
  const widths = inputShapes.map((shape) => shape.at(-1) ?? 0);
  return {
    output: graph.float('ConcatV2', [...inputs, graph.integers(-1)], { N: integerAttribute(inputs.length), Tidx: typeAttribute('int32') }),
    gradient: (dy) => {
      const parts = graph.float('SplitV', [dy, graph.integers(widths), graph.integers(-1)], { Tlen: typeAttribute('int32'), num_split: integerAttribute(widths.length) });
      return { inputs: widths.map((_, index) => `${parts}:${String(index)}`), weights: [] };
    },
  };
}
