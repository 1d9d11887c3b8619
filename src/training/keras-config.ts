import type { Network, Node } from '../models/network.ts';

/**
 * The `model_config` of Keras 3 for the chain of nodes between two of a network, both included: a functional model
 * from `input`, as float32, to `output`. Throws where a node has several inputs or no layer of Keras.
 */
export function kerasConfig(network: Network, ends: { input: string; output: string }): unknown {
  const [first, others] = chainOf(network, ends);
  const input = {
    class_name: 'InputLayer',
    config: { name: first.name, batch_shape: [null, ...first.shape], dtype: 'float32' },
    name: first.name,
    inbound_nodes: [],
  };
  const layers = others.map((node, index) => {
    const { className, config } = layerOf(node);
    return { class_name: className, config: { name: node.name, ...config }, name: node.name, inbound_nodes: [inbound(others[index - 1] ?? first)] };
  });
  return {
    class_name: 'Functional',
    config: {
      name: network.name,
      trainable: true,
      layers: [input, ...layers],
      input_layers: [ends.input, 0, 0],
      output_layers: [ends.output, 0, 0],
    },
  };
}

function inbound(node: Node) {
  const tensor = { shape: [null, ...node.shape], dtype: 'float32', keras_history: [node.name, 0, 0] };
  return { args: [{ class_name: '__keras_tensor__', config: tensor }], kwargs: {} };
}

/** The node `input` and those after it, up to `output`. */
function chainOf(network: Network, { input, output }: { input: string; output: string }): [Node, Node[]] {
  const chain: Node[] = [];
  let name: string | undefined = output;
  while (name !== undefined) {
    const node: Node | undefined = network.nodes.find((each) => each.name === name);
    if (node?.name === input) return [node, chain];
    if (node !== undefined) chain.unshift(node);
    name = node?.inputs.length === 1 ? node.inputs[0] : undefined;
  }
  throw new Error(`Cannot write ${network.name} for Keras: no chain leads from "${input}" to "${output}"`);
}

function layerOf({ name, operation, shape, weights }: Node): { className: string; config: Record<string, unknown> } {
  const kernel = weights.find((weight) => weight.name === 'kernel')?.shape ?? [];
  switch (operation.kind) {
    case 'conv2d': {
      const { strides, padding, bias } = operation;
      return { className: 'Conv2D', config: { filters: shape.at(-1), kernel_size: kernel.slice(0, 2), strides: [strides, strides], padding, use_bias: bias } };
    }
    case 'conv2dTranspose': {
      const { strides, bias } = operation;
      return { className: 'Conv2DTranspose', config: { filters: shape.at(-1), kernel_size: kernel.slice(0, 2), strides: [strides, strides], padding: 'same', use_bias: bias } };
    }
    case 'maxPool2d': {
      const { size, strides, padding } = operation;
      return { className: 'MaxPooling2D', config: { pool_size: [size, size], strides: [strides, strides], padding } };
    }
    case 'dense':
      return { className: 'Dense', config: { units: shape.at(-1), use_bias: operation.bias } };
    case 'batchNorm':
      // Keras has no ramp; the momentum only matters to those who train on.
      return { className: 'BatchNormalization', config: { epsilon: operation.epsilon, momentum: operation.momentum === 'ramp' ? 0.99 : operation.momentum, scale: operation.scale } };
    case 'dropout':
      return { className: 'Dropout', config: { rate: operation.rate } };
    case 'leakyRelu':
      return { className: 'LeakyReLU', config: { negative_slope: operation.slope } };
    case 'relu':
    case 'tanh':
      return { className: 'Activation', config: { activation: operation.kind } };
    case 'flatten':
      return { className: 'Flatten', config: {} };
    case 'reshape':
      return { className: 'Reshape', config: { target_shape: shape } };
    case 'crop': {
      const { top, bottom, left, right } = operation;
      return { className: 'Cropping2D', config: { cropping: [[top, bottom], [left, right]] } };
    }
    case 'input':
    case 'affine':
    case 'repeatChannels':
    case 'averagePool2d':
    case 'sigmoid':
    case 'softmax':
    case 'addScaled':
    case 'subtract':
    case 'concat':
    case 'junction':
    case 'meanAbsoluteError':
    case 'meanSquaredError':
    case 'binaryCrossEntropy':
    case 'categoricalCrossEntropy':
      throw new Error(`Cannot write ${name} for Keras: no layer stands for ${operation.kind}`);
  }
}
