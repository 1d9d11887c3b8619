import { addScaled, averagePool2d, batchNorm, concat, conv2d, conv2dTranspose, crop, dense, elementwise, flatten, maxPool2d, meanError, repeatChannels, reshape, subtract } from '../../src/models/layers.ts';
import { networkBuilder } from '../../src/models/network-builder.ts';
import type { Network } from '../../src/models/network.ts';

/** What the networks of a training lack, at awkward sizes: strides, paddings and channels that no vector divides. */
export function everyOperation(): Network {
  const net = networkBuilder('every_operation');
  const image = net.input('image', 'uint8', [21, 21, 1]);
  const target = net.input('target', 'float32', [7]);
  const scaled = net.add('scaled', elementwise({ kind: 'affine', scale: 1 / 127.5, offset: -1 }), image);
  const film = net.add('film', repeatChannels(3), scaled);
  const mean = net.add('mean', averagePool2d({ size: 3, strides: 1, padding: 'same' }), film);
  const strided = net.add('strided', conv2d({ filters: 5, kernel: 3, strides: 2, padding: 'valid', bias: true }), mean); //  10 x 10 x 5
  const pointed = net.add('pointed', conv2d({ filters: 5, kernel: 1, strides: 2, padding: 'same', bias: false }), film); //  11 x 11 x 5
  const cropped = net.add('cropped', crop({ top: 1, bottom: 0, left: 0, right: 1 }), pointed); //                            10 x 10 x 5
  // Not before the other branch's bias, whose gradient would be 0.
  const normal = net.add('normal', batchNorm({ momentum: 0.9, scale: false }), cropped);
  const residual = net.add('residual', addScaled(0.17), strided, normal);
  const maximum = net.add('maximum', maxPool2d({ size: 3, strides: 2, padding: 'valid' }), residual); //                          4 x  4 x 5
  const wide = net.add('wide', conv2d({ filters: 9, kernel: [1, 7], bias: false }), maximum);
  const joined = net.add('joined', concat(), wide, maximum, wide); //                                                         4 x  4 x 23
  const grown = net.add('grown', conv2dTranspose({ filters: 6, kernel: 3, strides: 2, bias: true }), joined); //              8 x  8 x 6
  const active = net.add('active', elementwise({ kind: 'leakyRelu', slope: 0.3 }), grown);
  const dropped = net.add('dropped', elementwise({ kind: 'dropout', rate: 0.3, stream: 9 }), active);
  const flat = net.add('flat', flatten(), dropped);
  const code = net.add('code', dense({ units: 42, bias: false }), flat);
  const shaped = net.add('shaped', reshape([2, 3, 7]), code);
  const soft = net.add('soft', elementwise({ kind: 'softmax' }), shaped);
  const unfolded = net.add('unfolded', flatten(), soft);
  const gate = net.add('gate', elementwise({ kind: 'sigmoid' }), code);
  const mixed = net.add('mixed', subtract(), gate, unfolded);
  const bent = net.add('bent', elementwise({ kind: 'tanh' }), mixed);
  const answer = net.add('answer', dense({ units: 7 }), bent, code);
  const squared = net.add('squared', meanError('meanSquaredError'), answer, target);
  const absolute = net.add('absolute', meanError('meanAbsoluteError'), answer, target);
  return net.build({ objective: squared, metrics: [absolute], outputs: [answer, soft] });
}
