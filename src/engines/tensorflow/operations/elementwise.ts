import { floatAttribute } from '../attributes.ts';
import { nth, toInput } from './emission.ts';
import type { AnyEmission, Emission, Emitted } from './emission.ts';

/** Casts what was fed as uint8: a batch travels in a quarter of the bytes. */
export function affine({ graph, node, operation, inputs }: Emission<'affine'>): Emitted {
  const scale = graph.number(operation.scale);
  const scaled = graph.float('Mul', [nth(inputs, 0, node), scale]);
  return {
    output: operation.offset === 0 ? scaled : graph.float('AddV2', [scaled, graph.number(operation.offset)]),
    gradient: (dy) => toInput(graph.float('Mul', [dy, scale])),
  };
}

export function leakyRelu({ graph, node, operation, inputs }: Emission<'leakyRelu'>): Emitted {
  const alpha = { alpha: floatAttribute(operation.slope) };
  const x = nth(inputs, 0, node);
  return { output: graph.float('LeakyRelu', [x], alpha), gradient: (dy) => toInput(graph.float('LeakyReluGrad', [dy, x], alpha)) };
}

export function relu({ graph, node, inputs }: AnyEmission): Emitted {
  const output = graph.float('Relu', [nth(inputs, 0, node)]);
  return { output, gradient: (dy) => toInput(graph.float('ReluGrad', [dy, output])) };
}

export function tanh({ graph, node, inputs }: AnyEmission): Emitted {
  const output = graph.float('Tanh', [nth(inputs, 0, node)]);
  return { output, gradient: (dy) => toInput(graph.float('TanhGrad', [output, dy])) };
}

export function sigmoid({ graph, node, inputs }: AnyEmission): Emitted {
  const output = graph.float('Sigmoid', [nth(inputs, 0, node)]);
  return { output, gradient: (dy) => toInput(graph.float('SigmoidGrad', [output, dy])) };
}

/** Over the last axis. */
export function softmax({ graph, node, inputs }: AnyEmission): Emitted {
  const output = graph.float('Softmax', [nth(inputs, 0, node)]);
  return {
    output,
    gradient: (dy) => {
      const sum = graph.reduce('Sum', graph.float('Mul', [dy, output]), [-1], true);
      return toInput(graph.float('Mul', [output, graph.float('Sub', [dy, sum])]));
    },
  };
}

export function addScaled({ graph, node, operation, inputs }: Emission<'addScaled'>): Emitted {
  const scaled = (x: string) => (operation.scale === 1 ? x : graph.float('Mul', [x, graph.number(operation.scale)]));
  return {
    output: graph.float('AddV2', [nth(inputs, 0, node), scaled(nth(inputs, 1, node))]),
    gradient: (dy) => ({ inputs: [dy, scaled(dy)], weights: [] }),
  };
}

export function subtract({ graph, node, inputs }: AnyEmission): Emitted {
  return {
    output: graph.float('Sub', [nth(inputs, 0, node), nth(inputs, 1, node)]),
    gradient: (dy, wanted) => ({ inputs: [dy, wanted.inputs[1] === true ? graph.float('Neg', [dy]) : null], weights: [] }),
  };
}
