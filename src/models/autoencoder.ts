import { batchNorm, conv2d, conv2dTranspose, crop, dense, elementwise, flatten, maxPool2d, meanError, repeatChannels, reshape, sizeOf, subtract } from './layers.ts';
import { networkBuilder } from './network-builder.ts';
import type { NetworkBuilder } from './network-builder.ts';
import type { Network, Node } from './network.ts';

export interface AutoencoderOptions {
  /** Side of the film in pixels, 32 to 1024. */
  readonly size: number;
  /** Scale of the filters and of the code; 1 is the study's. */
  readonly width: number;
  readonly loss: 'MeanAbsoluteError' | 'MeanSquaredError';
}

/**
 * The study's autoencoder of one observation: 13,942,403 parameters at size 299, width 1.
 * Fed with `image`, uint8 [size, size, 1]. `film` is the input in 0 to 1, [size, size, 3]; `reconstruction` has its
 * shape and lies in -1 to 1 (tanh, as in the study); `difference` = film - reconstruction.
 */
export function autoencoder({ size, width, loss }: AutoencoderOptions): Network {
  const scaled = (count: number) => Math.max(1, Math.round(count * width));
  const net = networkBuilder('autoencoder');
  const image = net.input('image', 'uint8', [size, size, 1]);
  const grey = net.add('grey', elementwise({ kind: 'affine', scale: 1 / 255, offset: 0 }), image);
  const film = net.add('film', repeatChannels(3), grey); //                            299 x 299 x 3

  let x = encoderBlock(net, film, { number: 1, filters: scaled(32) }); //              150 x 150 x 32
  x = encoderBlock(net, x, { number: 2, filters: scaled(32) }); //                      75 x  75 x 32
  x = encoderBlock(net, x, { number: 3, filters: scaled(32) }); //                      38 x  38 x 32
  const map = encoderBlock(net, x, { number: 4, filters: scaled(16) }); //              19 x  19 x 16
  x = net.add('encoder_flatten', flatten(), map); //                                   5776
  x = net.add('code', dense({ units: scaled(1200) }), x); //                           1200
  x = net.add('decoder_dense', dense({ units: sizeOf(map.shape) }), x); //             5776
  x = net.add('decoder_reshape', reshape(map.shape), x); //                             19 x  19 x 16
  x = decoderBlock(net, x, { number: 1, filters: scaled(16) }); //                      38 x  38 x 16
  x = decoderBlock(net, x, { number: 2, filters: scaled(32) }); //                      76 x  76 x 32
  x = decoderBlock(net, x, { number: 3, filters: scaled(32) }); //                     152 x 152 x 32
  x = net.add('output_conv', conv2dTranspose({ filters: 3, kernel: 4, strides: 2, bias: true }), x);
  x = net.add('output_tanh', elementwise({ kind: 'tanh' }), x); //                     304 x 304 x 3
  const reconstruction = net.add('reconstruction', crop(marginsAround(size)), x); //   299 x 299 x 3

  const difference = net.add('difference', subtract(), film, reconstruction);
  const absolute = net.add('meanAbsoluteError', meanError('meanAbsoluteError'), reconstruction, film);
  const squared = net.add('meanSquaredError', meanError('meanSquaredError'), reconstruction, film);
  const [objective, metric] = loss === 'MeanAbsoluteError' ? [absolute, squared] : [squared, absolute];
  return net.build({ objective, metrics: [metric], outputs: [reconstruction, difference] });
}

interface Block {
  /** From 1; names the nodes and numbers the dropout. */
  readonly number: number;
  readonly filters: number;
}

/** Halves the side, rounding up. */
function encoderBlock(net: NetworkBuilder, input: Node, { number, filters }: Block): Node {
  const conv = net.add(`encoder_${number}_conv`, conv2d({ filters, kernel: 4, bias: false }), input);
  const pool = net.add(`encoder_${number}_pool`, maxPool2d({ size: 2, strides: 2, padding: 'same' }), conv);
  return net.add(`encoder_${number}_leaky_relu`, elementwise({ kind: 'leakyRelu', slope: 0.3 }), pool);
}

/** Doubles the side. */
function decoderBlock(net: NetworkBuilder, input: Node, { number, filters }: Block): Node {
  const conv = net.add(`decoder_${number}_conv`, conv2dTranspose({ filters, kernel: 4, strides: 2, bias: false }), input);
  const norm = net.add(`decoder_${number}_norm`, batchNorm({ momentum: 'ramp' }), conv);
  const dropout = net.add(`decoder_${number}_dropout`, elementwise({ kind: 'dropout', rate: 0.5, stream: number }), norm);
  return net.add(`decoder_${number}_relu`, elementwise({ kind: 'relu' }), dropout);
}

/** What four doublings give beyond `size`: the smaller half before, the larger after. */
function marginsAround(size: number) {
  const surplus = 16 * Math.ceil(size / 16) - size;
  const [before, after] = [Math.floor(surplus / 2), Math.ceil(surplus / 2)];
  return { top: before, bottom: after, left: before, right: after };
}
