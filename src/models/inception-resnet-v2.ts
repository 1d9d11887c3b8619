import { addScaled, averagePool2d, batchNorm, concat, conv2d, elementwise, flatten, glorotUniform, maxPool2d, repeatChannels } from './layers.ts';
import type { KernelSize } from './layers.ts';
import { networkBuilder } from './network-builder.ts';
import type { NetworkBuilder } from './network-builder.ts';
import type { Network, Node, Padding } from './network.ts';

/** Smallest side in pixels that the network's reductions leave something of. */
const leastSize = 75;

/**
 * Inception-ResNet-v2 without top (Szegedy et al. 2016, in Keras's form), frozen: 54,336,736 parameters.
 * Fed with `image`, uint8 [size, size, 1], read as grey and scaled to -1 to 1, which its ImageNet weights expect.
 * `features` is the last map flattened: 8 x 8 x 1536 at size 299. Layers are numbered from 1 in order of creation, as
 * in Keras's official file. The study fed it 0 to 1. Throws below size 75.
 */
export function inceptionResNetV2({ size }: { size: number }): Network {
  if (size < leastSize) {
    throw new Error(
      `Cannot build Inception-ResNet-v2 for films of ${size} pixels: it needs at least ${leastSize}; raise preprocess.size or choose combined.backbone Small`,
    );
  }
  const net = networkBuilder('inception_resnet_v2', { frozen: true });
  const image = net.input('image', 'uint8', [size, size, 1]);
  const scaled = net.add('scaled', elementwise({ kind: 'affine', scale: 1 / 127.5, offset: -1 }), image);
  const film = net.add('film', repeatChannels(3), scaled); //                            299 x 299 x    3
  const blocks = blocksOf(net);

  let x = blocks.path(film, [[32, 3, 2, 'valid'], [32, 3, 1, 'valid'], [64, 3]]); //     147 x 147 x   64
  x = blocks.maxPool(x); //                                                               73 x  73 x   64
  x = blocks.path(x, [[80, 1, 1, 'valid'], [192, 3, 1, 'valid']]); //                     71 x  71 x  192
  x = blocks.maxPool(x); //                                                               35 x  35 x  192
  const paths = [[[96, 1]], [[48, 1], [64, 5]], [[64, 1], [96, 3], [96, 3]]] as const;
  const mixed = [...paths.map((path) => blocks.path(x, path)), blocks.path(blocks.averagePool(x), [[64, 1]])];
  x = net.add('mixed_5b', concat(), ...mixed); //                                         35 x  35 x  320
  for (let index = 1; index <= 10; index++) {
    x = blocks.residual(x, { name: `block35_${index}`, scale: 0.17, paths: [[[32, 1]], [[32, 1], [32, 3]], [[32, 1], [48, 3], [64, 3]]] });
  }
  x = blocks.reduction(x, 'mixed_6a', [[[384, 3, 2, 'valid']], [[256, 1], [256, 3], [384, 3, 2, 'valid']]]);
  for (let index = 1; index <= 20; index++) { //                                          17 x  17 x 1088
    x = blocks.residual(x, { name: `block17_${index}`, scale: 0.1, paths: [[[192, 1]], [[128, 1], [160, [1, 7]], [192, [7, 1]]]] });
  }
  x = blocks.reduction(x, 'mixed_7a', [
    [[256, 1], [384, 3, 2, 'valid']],
    [[256, 1], [288, 3, 2, 'valid']],
    [[256, 1], [288, 3], [320, 3, 2, 'valid']],
  ]);
  for (let index = 1; index <= 10; index++) { //                                           8 x   8 x 2080
    const last = index === 10;
    const paths = [[[192, 1]], [[192, 1], [224, [1, 3]], [256, [3, 1]]]] as const;
    x = blocks.residual(x, { name: `block8_${index}`, scale: last ? 1 : 0.2, paths, relu: !last });
  }
  x = blocks.convolution(x, { filters: 1536, kernel: 1, name: 'conv_7b' }); //             8 x   8 x 1536
  return net.build({ outputs: [net.add('features', flatten(), x)] }); //                                  98304
}

/** One convolution with batchNorm and ReLU: filters, kernel, strides (1), padding (same). */
type Convolution = readonly [filters: number, kernel: KernelSize, strides?: number, padding?: Padding];
type Path = readonly Convolution[];

/** The parts the network repeats; one counter numbers convolutions, norms and activations alike, as Keras does. */
function blocksOf(net: NetworkBuilder) {
  let created = 0;

  function convolution(input: Node, options: { filters: number; kernel: KernelSize; strides?: number; padding?: Padding; name?: string }): Node {
    const { name, ...shape } = options;
    const number = name === undefined ? ++created : 0;
    const names = name === undefined
      ? [`conv2d_${number}`, `batch_normalization_${number}`, `activation_${number}`] as const
      : [name, `${name}_bn`, `${name}_ac`] as const;
    const conv = net.add(names[0], conv2d({ ...shape, bias: false, initialiser: glorotUniform }), input);
    const norm = net.add(names[1], batchNorm({ momentum: 0.99, scale: false }), conv);
    return net.add(names[2], elementwise({ kind: 'relu' }), norm);
  }

  function path(input: Node, convolutions: Path): Node {
    return convolutions.reduce(
      (x, [filters, kernel, strides = 1, padding = 'same']) => convolution(x, { filters, kernel, strides, padding }),
      input,
    );
  }

  function maxPool(input: Node): Node {
    return net.add(`${input.name}_max_pool`, maxPool2d({ size: 3, strides: 2, padding: 'valid' }), input);
  }

  function averagePool(input: Node): Node {
    return net.add(`${input.name}_average_pool`, averagePool2d({ size: 3, strides: 1, padding: 'same' }), input);
  }

  /** Halves the side. */
  function reduction(input: Node, name: string, paths: readonly Path[]): Node {
    return net.add(name, concat(), ...paths.map((convolutions) => path(input, convolutions)), maxPool(input));
  }

  /** input + scale * residual. */
  function residual(input: Node, options: { name: string; scale: number; paths: readonly Path[]; relu?: boolean }): Node {
    const { name, scale, paths, relu = true } = options;
    const mixed = net.add(`${name}_mixed`, concat(), ...paths.map((convolutions) => path(input, convolutions)));
    const filters = input.shape.at(-1) ?? 0;
    const up = net.add(`${name}_conv`, conv2d({ filters, kernel: 1, bias: true, initialiser: glorotUniform }), mixed);
    const sum = net.add(`${name}_sum`, addScaled(scale), input, up);
    return relu ? net.add(`${name}_ac`, elementwise({ kind: 'relu' }), sum) : sum;
  }

  return { convolution, path, maxPool, averagePool, reduction, residual };
}
