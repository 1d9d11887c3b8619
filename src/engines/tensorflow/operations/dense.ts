import { booleanAttribute, integerAttribute } from '../attributes.ts';
import { nth } from './emission.ts';
import type { Emission, Emitted } from './emission.ts';

/** The sum over the inputs of `input . kernel_i`, plus bias: several inputs are one wide input that nobody concatenates. */
export function dense({ graph, node, operation, inputs, weights }: Emission<'dense'>): Emitted {
  const product = (a: string, b: string, transposed: 'a' | 'b' | null) =>
    graph.float('MatMul', [a, b], { transpose_a: booleanAttribute(transposed === 'a'), transpose_b: booleanAttribute(transposed === 'b') });
  const products = inputs.map((input, index) => product(input, nth(weights, index, node), null));
  const sum = products.length === 1 ? nth(products, 0, node) : graph.float('AddN', products, { N: integerAttribute(products.length) });
  return {
    output: operation.bias ? graph.float('BiasAdd', [sum, nth(weights, inputs.length, node)]) : sum,
    gradient: (dy, wanted) => ({
      inputs: inputs.map((_, index) => (wanted.inputs[index] === true ? product(dy, nth(weights, index, node), 'b') : null)),
      weights: [
        ...inputs.map((input, index) => (wanted.weights[index] === true ? product(input, dy, 'a') : null)),
        ...(operation.bias ? [graph.float('BiasAddGrad', [dy])] : []),
      ],
    }),
  };
}
