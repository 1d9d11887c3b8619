import type { Observation } from '../api/observations.ts';
import { batchNorm, conv2d, crossEntropy, dense, elementwise, flatten } from './layers.ts';
import { networkBuilder } from './network-builder.ts';
import type { NetworkBuilder } from './network-builder.ts';
import type { Network, Node } from './network.ts';

export interface CombinedHeadOptions {
  /** Side of the films in pixels. */
  readonly size: number;
  /** One output each, in label order. */
  readonly observations: readonly Observation[];
  /** Observations whose autoencoder there is, in label order. */
  readonly sources: readonly Observation[];
  readonly backbone: 'InceptionResNetV2' | 'Small' | 'None';
  /** Width of the frozen backbone's features; null for `Small`, which is part of the head, and `None`. */
  readonly featureWidth: number | null;
  readonly architecture: 1 | 2;
  readonly head: 'Sigmoid' | 'Softmax';
}

/**
 * The trained part of the combined model (the study's section 5): the sources' first dense layer as a split sum, then
 * the dense layers of the architecture. 192,668,214 parameters in architecture 2 of the study, 192,678,314 in 1.
 * Fed with `backbone`, float32 [featureWidth], or for `Small` with `image`, uint8 [size, size, 1]; with
 * `difference_<Observation>`, float32 [size * size * 3], for each source; to train, with `target` [k] in 0 to 1 and
 * `weight` (Sigmoid [k], 0 = masked; Softmax [1]). `score` [k] holds probabilities.
 */
export function combinedHead(options: CombinedHeadOptions): Network {
  return headOf('combined', options);
}

/** The same head on the backbone alone: what the autoencoders add is measured against it. null without a backbone. */
export function baselineHead(options: CombinedHeadOptions): Network | null {
  return options.backbone === 'None' ? null : headOf('baseline', { ...options, sources: [] });
}

function headOf(name: string, options: CombinedHeadOptions): Network {
  const { observations, architecture, head } = options;
  const net = networkBuilder(name);
  const sources = [...backboneSource(net, options), ...differenceSources(net, options)];
  if (sources.length === 0) {
    throw new Error('Cannot build the combined model: it has neither a backbone nor an autoencoder; choose combined.backbone Small or InceptionResNetV2');
  }
  const layers = architecture === 1 ? [50, 100, 100, 50] : [50, 100, 50];
  let x: Node | undefined;
  for (const [index, units] of layers.entries()) {
    const kind = index === layers.length - 1 ? 'sigmoid' : 'relu';
    const sum = net.add(`dense_${index + 1}`, dense({ units }), ...(x === undefined ? sources : [x]));
    x = net.add(`dense_${index + 1}_${kind}`, elementwise({ kind }), sum);
  }
  const logits = net.add('logits', dense({ units: observations.length }), ...(x === undefined ? [] : [x]));
  const score = net.add('score', elementwise({ kind: head === 'Sigmoid' ? 'sigmoid' : 'softmax' }), logits);

  const target = net.input('target', 'float32', logits.shape);
  const weight = net.input('weight', 'float32', head === 'Sigmoid' ? logits.shape : [1]);
  const loss = net.add('loss', crossEntropy(head === 'Sigmoid' ? 'binaryCrossEntropy' : 'categoricalCrossEntropy'), logits, target, weight);
  return net.build({ outputs: [score], objective: loss });
}

function backboneSource(net: NetworkBuilder, { backbone, featureWidth, size }: CombinedHeadOptions): Node[] {
  switch (backbone) {
    case 'None':
      return [];
    case 'Small':
      return [small(net, size)];
    case 'InceptionResNetV2':
      if (featureWidth === null) throw new Error('Cannot build the combined model: the width of the features of InceptionResNetV2 is missing');
      return [net.input('backbone', 'float32', [featureWidth])];
    default:
      return backbone satisfies never;
  }
}

/** A small convolutional network, trained with the head; BatchNorm is what makes it learn in short runs. */
function small(net: NetworkBuilder, size: number): Node {
  const image = net.input('image', 'uint8', [size, size, 1]);
  let x = net.add('grey', elementwise({ kind: 'affine', scale: 1 / 255, offset: 0 }), image); // 64 x 64 x  1
  for (const [index, filters] of [16, 32, 64, 64].entries()) { //                                  4 x  4 x 64
    const block = `small_${index + 1}`;
    x = net.add(`${block}_conv`, conv2d({ filters, kernel: 3, strides: 2, bias: false }), x);
    x = net.add(`${block}_norm`, batchNorm({ momentum: 0.9 }), x);
    x = net.add(`${block}_relu`, elementwise({ kind: 'relu' }), x);
  }
  return net.add('small_flatten', flatten(), x); //                                                 1024
}

/**
 * Films minus reconstructions, the study's cheat sheet. Sigmoid scales each by 1 / sqrt(width), which the study did
 * not: unscaled, one step of Adam moves the first layer by up to 50 and nothing is learnt. Softmax keeps the raw form.
 */
function differenceSources(net: NetworkBuilder, { sources, size, head }: CombinedHeadOptions): Node[] {
  const width = size * size * 3;
  return sources.map((observation) => {
    const difference = net.input(`difference_${observation}`, 'float32', [width]);
    if (head === 'Softmax') return difference;
    return net.add(`scaled_difference_${observation}`, elementwise({ kind: 'affine', scale: 1 / Math.sqrt(width), offset: 0 }), difference);
  });
}
