import type { Padding, Shape } from '../../../models/network.ts';
import { integersAttribute, textAttribute } from '../attributes.ts';
import type { Attributes } from '../attributes.ts';
import type { GraphBuilder, Ref } from '../graph-builder.ts';
import { nth, toInput } from './emission.ts';
import type { AnyEmission, Emission, Emitted } from './emission.ts';

/** Of one channel repeated it is the convolution of that channel with the sum of the kernel over its inputs: a third of the work for a grey film. */
export function conv2d(call: Emission<'conv2d'>): Emitted {
  const { graph, node, operation, channel } = call;
  const [x, kernel, { shape: kernelShape }] = [nth(call.inputs, 0, node), nth(call.weights, 0, node), nth(node.weights, 0, node)];
  const attributes = window(operation);
  const linear = channel === null ? graph.float('Conv2D', [x, kernel], attributes) : graph.float('Conv2D', [channel, graph.reduce('Sum', kernel, [2], true)], attributes);
  const kernelGradient = (dy: Ref) => {
    if (channel === null) return graph.float('Conv2DBackpropFilter', [x, graph.integers(kernelShape), dy], attributes);
    const [height = 0, width = 0, inputs = 0, filters = 0] = kernelShape;
    const ofSum = graph.float('Conv2DBackpropFilter', [channel, graph.integers([height, width, 1, filters]), dy], attributes);
    return graph.tile(ofSum, [1, 1, inputs, 1]);
  };
  return {
    output: withBias(call, linear),
    gradient: (dy, wanted) => ({
      inputs: [wanted.inputs[0] === true ? graph.float('Conv2DBackpropInput', [pixels(graph, x, nth(call.inputShapes, 0, node)), kernel, dy], attributes) : null],
      weights: [wanted.weights[0] === true ? kernelGradient(dy) : null, ...biasGradient(call, dy)],
    }),
  };
}

/** A transposed convolution is the input gradient of the convolution with the same kernel. */
export function conv2dTranspose(call: Emission<'conv2dTranspose'>): Emitted {
  const { graph, node, operation } = call;
  const [x, kernel] = [nth(call.inputs, 0, node), nth(call.weights, 0, node)];
  const attributes = window({ strides: operation.strides, padding: 'same' });
  const linear = graph.float('Conv2DBackpropInput', [pixels(graph, x, node.shape), kernel, x], attributes);
  return {
    output: withBias(call, linear),
    gradient: (dy, wanted) => ({
      inputs: [wanted.inputs[0] === true ? graph.float('Conv2D', [dy, kernel], attributes) : null],
      weights: [
        wanted.weights[0] === true ? graph.float('Conv2DBackpropFilter', [dy, graph.integers(nth(node.weights, 0, node).shape), x], attributes) : null,
        ...biasGradient(call, dy),
      ],
    }),
  };
}

export function maxPool2d({ graph, node, operation, inputs }: Emission<'maxPool2d'>): Emitted {
  const x = nth(inputs, 0, node);
  const attributes = { ...window(operation), ksize: square(operation.size) };
  const output = graph.float('MaxPool', [x], attributes);
  return { output, gradient: (dy) => toInput(graph.float('MaxPoolGrad', [x, output, dy], attributes)) };
}

/** Forward only, for frozen networks. */
export function averagePool2d({ graph, node, operation, inputs }: Emission<'averagePool2d'>): Emitted {
  return { output: graph.float('AvgPool', [nth(inputs, 0, node)], { ...window(operation), ksize: square(operation.size) }) };
}

type Convolution = AnyEmission & { readonly operation: { readonly bias: boolean } };

function withBias({ graph, node, operation, weights }: Convolution, linear: Ref): Ref {
  return operation.bias ? graph.float('BiasAdd', [linear, nth(weights, 1, node)]) : linear;
}

/** In two sums, of rows and then of their columns: with few channels BiasAddGrad takes five times as long. */
function biasGradient({ graph, node, operation }: Convolution, dy: Ref): Ref[] {
  if (!operation.bias) return [];
  const [, width = 0, channels = 0] = node.shape;
  return [graph.reduce('Sum', graph.reshape(graph.reduce('Sum', graph.reshape(dy, [width * channels]), [0]), [channels]), [0])];
}

function window({ strides, padding }: { strides: number; padding: Padding }): Attributes {
  return { strides: square(strides), padding: textAttribute(padding.toUpperCase()), data_format: textAttribute('NHWC') };
}

const square = (side: number) => integersAttribute([1, side, side, 1]);

/** int32 [4]: as many films as `of` has, height, width, channels. */
function pixels(graph: GraphBuilder, of: Ref, shape: Shape): Ref {
  return graph.pack([graph.batchOf(of), ...shape.map((size) => graph.integers(size))], 'int32');
}
