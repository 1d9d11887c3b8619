import { booleanAttribute, floatAttribute, integerAttribute, textAttribute, typeAttribute } from '../attributes.ts';
import type { Ref } from '../graph-builder.ts';
import { nth, toInput } from './emission.ts';
import type { Emission, Emitted } from './emission.ts';

/** On pixels: TensorFlow's fused kernels want four axes. */
export function batchNorm(call: Emission<'batchNorm'>): Emitted {
  const { graph, node, operation, training } = call;
  const channels = nth(node.shape, 2, node);
  const x = nth(call.inputs, 0, node);
  const gamma = operation.scale ? weight(call, 'gamma') : graph.float('Fill', [graph.integers([channels]), graph.number(1)], { index_type: typeAttribute('int32') });
  const [mean, variance] = [weight(call, 'moving_mean'), weight(call, 'moving_variance')];
  const isTraining = training !== undefined && node.weights.some(({ trainable }) => trainable);
  const attributes = { U: typeAttribute('float32'), epsilon: floatAttribute(operation.epsilon), data_format: textAttribute('NHWC'), is_training: booleanAttribute(isTraining) };
  const output = graph.float('FusedBatchNormV3', [x, gamma, weight(call, 'beta'), mean, variance], { ...attributes, exponential_avg_factor: floatAttribute(1) });
  // A frozen node keeps its moving statistics, as in Keras.
  if (!isTraining) {
    const scale = () => graph.float('Mul', [gamma, graph.float('Rsqrt', [graph.float('AddV2', [variance, graph.number(operation.epsilon)])])]);
    return { output, gradient: (dy) => ({ inputs: [graph.float('Mul', [dy, scale()])], weights: node.weights.map(() => null) }) };
  }
  const momentum = operation.momentum === 'ramp' ? training.ramp : graph.number(operation.momentum);
  const rest = graph.float('Sub', [graph.number(1), momentum]);
  const moved = (old: Ref, now: Ref) => graph.float('AddV2', [graph.float('Mul', [old, momentum]), graph.float('Mul', [now, rest])]);
  return {
    output,
    moved: [
      { weight: 'moving_mean', value: moved(mean, `${output}:1`) },
      { weight: 'moving_variance', value: moved(variance, biased(call, `${output}:2`, channels)) },
    ],
    gradient: (dy) => {
      const gradients = graph.float('FusedBatchNormGradV3', [dy, x, gamma, `${output}:3`, `${output}:4`, `${output}:5`], attributes);
      const ofWeight: Readonly<Record<string, Ref>> = { gamma: `${gradients}:1`, beta: `${gradients}:2` };
      return { inputs: [gradients], weights: node.weights.map(({ name }) => ofWeight[name] ?? null) };
    },
  };
}

/** The fused kernel gives the variance over n - 1; ours, as Keras's, is over n. */
function biased({ graph, node, inputs }: Emission<'batchNorm'>, variance: Ref, channels: number): Ref {
  const count = graph.float('RealDiv', [graph.sizeOf(nth(inputs, 0, node)), graph.number(channels)]);
  const less = graph.float('Maximum', [graph.float('Sub', [count, graph.number(1)]), graph.number(1)]);
  return graph.float('Mul', [variance, graph.float('RealDiv', [less, count])]);
}

function weight({ node, weights }: Emission<'batchNorm'>, name: string): Ref {
  return nth(weights, node.weights.findIndex((each) => each.name === name), node);
}

/** Philox's algorithm in TensorFlow's stateless random operations. */
const PHILOX = 1;

/** Masks of the same numbers as `Kernels.dropoutMask`. */
export function dropout({ graph, node, operation, inputs, training }: Emission<'dropout'>): Emitted {
  const x = nth(inputs, 0, node);
  if (training === undefined || operation.rate === 0) return { output: x, gradient: (dy) => toInput(dy) };
  const first = graph.add('Mul', [training.step, graph.long(2n ** 32n)], { T: typeAttribute('int64') });
  const words = graph.add('Pack', [first, graph.long(BigInt(operation.stream))], { T: typeAttribute('int64'), N: integerAttribute(2), axis: integerAttribute(0) });
  const counter = graph.cast(words, 'int64', 'uint64');
  const numbers = graph.add('StatelessRandomUniformV2', [graph.shapeOf(x), graph.key(training.seed), counter, graph.integers(PHILOX)], { dtype: typeAttribute('float32'), Tshape: typeAttribute('int32') });
  const kept = graph.cast(graph.float('GreaterEqual', [numbers, graph.number(operation.rate)]), 'bool', 'float32');
  const mask = graph.float('Mul', [kept, graph.number(1 / (1 - operation.rate))]);
  return { output: graph.float('Mul', [x, mask]), gradient: (dy) => toInput(graph.float('Mul', [dy, mask])) };
}
