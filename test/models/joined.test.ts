import assert from 'node:assert/strict';
import { test } from 'node:test';
import { autoencoder } from '../../src/models/autoencoder.ts';
import { combinedNetworks } from '../../src/models/combined-networks.ts';
import { joined, nameInPart } from '../../src/models/joined.ts';
import { crossEntropy, dense, elementwise } from '../../src/models/layers.ts';
import { networkBuilder } from '../../src/models/network-builder.ts';
import type { Network } from '../../src/models/network.ts';
import { frozenWeights, learnedWeights, weightsOf } from '../../src/models/weights.ts';

const size = 32;
const network = autoencoder({ size, width: 0.1, loss: 'MeanSquaredError' });
const part = (input: string) => ({ input, network, output: 'difference' });

/** Reads two vectors and films of a size. */
function head(side: number): Network {
  const net = networkBuilder('head');
  const [image, a, b] = [net.input('image', 'uint8', [side, side, 1]), net.input('a', 'float32', [size * size * 3]), net.input('b', 'float32', [size * size * 3])];
  const grey = net.add('grey', elementwise({ kind: 'affine', scale: 1 / 255, offset: 0 }), image);
  const logits = net.add('logits', dense({ units: 2 }), a, b);
  const loss = net.add('loss', crossEntropy('binaryCrossEntropy'), logits, net.input('target', 'float32', [2]), net.input('weight', 'float32', [2]));
  return net.build({ outputs: [logits, grey], objective: loss });
}

const whole = joined(head(size), [part('a'), part('b')]);
const named = (name: string) => whole.nodes.find((node) => node.name === name);

test('joined() freezes the parts under prefixed names and leaves the weights of the network as they are', () => {
  assert.deepEqual(learnedWeights(whole), weightsOf(head(size)));
  const expected = ['a', 'b'].flatMap((input) => weightsOf(network).map(({ fullName }) => nameInPart(part(input), fullName)));
  assert.deepEqual(frozenWeights(whole).map(({ fullName }) => fullName), expected);
  assert.deepEqual([whole.objective, whole.outputs], ['loss', ['logits', 'grey', 'a', 'b']]);
});

test('joined() puts a junction in the place of an input, over what the part gives, flattened', () => {
  assert.deepEqual(named('a'), { name: 'a', operation: { kind: 'junction' }, inputs: ['a/flat'], shape: [size * size * 3], weights: [] });
  assert.deepEqual(named('a/flat')?.inputs, ['a/difference']);
});

test('joined() leaves out dropout, losses and what else the output does not need', () => {
  assert.ok(whole.nodes.every(({ operation }) => operation.kind !== 'dropout' && operation.kind !== 'meanSquaredError'));
  assert.deepEqual(named('b/decoder_1_relu')?.inputs, ['b/decoder_1_norm']);
});

test('joined() shares inputs, and nodes without weights that do the same', () => {
  assert.deepEqual(whole.nodes.filter(({ operation }) => operation.kind === 'input').map(({ name }) => name), ['image', 'target', 'weight']);
  assert.deepEqual(named('b/encoder_1_conv')?.inputs, ['a/film']);
  assert.equal(named('b/film'), undefined);
  assert.deepEqual(named('grey')?.inputs, ['image']);
});

test('joined() has every node after those it reads, and each name once', () => {
  const sources = ['Edema', 'Fracture'] as const;
  const withoutFilms = combinedNetworks({ size, width: 0.1, observations: sources, sources, backbone: 'None', architecture: 2, head: 'Softmax' }).combined;
  for (const { nodes } of [whole, withoutFilms]) {
    const before = new Set<string>();
    for (const node of nodes) {
      assert.ok(node.inputs.every((input) => before.has(input)) && !before.has(node.name), node.name);
      before.add(node.name);
    }
  }
});

test('joined() refuses what does not fit, with a sentence', () => {
  assert.throws(() => joined(head(size), [part('c')]), /Cannot join autoencoder to head, which has no input c/);
  assert.throws(() => joined(head(size), [{ ...part('a'), output: 'nothing' }]), /Cannot join autoencoder: it has no nothing/);
  assert.throws(() => joined(head(size), [{ ...part('a'), output: 'code' }]), /the inputs must have one shape, they are 3072 and 120/);
  assert.throws(() => joined(head(64), [part('a')]), /Cannot join autoencoder: its input image is 32 x 32 x 1, there it is 64 x 64 x 1/);
});
