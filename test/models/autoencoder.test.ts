import assert from 'node:assert/strict';
import { test } from 'node:test';
import { autoencoder } from '../../src/models/autoencoder.ts';
import type { AutoencoderOptions } from '../../src/models/autoencoder.ts';
import type { Network } from '../../src/models/network.ts';
import { parameterCount, trainableCount, trainableWeights, weightsOf } from '../../src/models/weights.ts';

function anAutoencoder(overrides: Partial<AutoencoderOptions> = {}): Network {
  return autoencoder({ size: 299, width: 1, loss: 'MeanAbsoluteError', ...overrides });
}

function shapeOf(network: Network, name: string): readonly number[] | undefined {
  return network.nodes.find((node) => node.name === name)?.shape;
}

test("autoencoder() has the study's 13,942,403 parameters, 160 of them moving statistics, in 19 trainable tensors", () => {
  const network = anAutoencoder();
  assert.equal(parameterCount(network), 13_942_403);
  assert.equal(trainableCount(network), 13_942_403 - 160);
  assert.equal(trainableWeights(network).length, 19);
});

test("autoencoder() has the study's parameters in every block", () => {
  const network = anAutoencoder();
  const counts = Object.fromEntries(
    network.nodes.map((node) => [node.name, parameterCount({ ...network, nodes: [node] })] as const).filter(([, count]) => count > 0),
  );
  assert.deepEqual(counts, {
    encoder_1_conv: 1_536,
    encoder_2_conv: 16_384,
    encoder_3_conv: 16_384,
    encoder_4_conv: 8_192,
    code: 6_932_400,
    decoder_dense: 6_936_976,
    decoder_1_conv: 4_096,
    decoder_1_norm: 64,
    decoder_2_conv: 8_192,
    decoder_2_norm: 128,
    decoder_3_conv: 16_384,
    decoder_3_norm: 128,
    output_conv: 1_539,
  });
});

test('autoencoder() gives back the shape of the film at every size and width', () => {
  // Side of the film, side of the code's map, rows cut at the top, rows cut at the bottom.
  const sizes = [[32, 2, 0, 0], [64, 4, 0, 0], [75, 5, 2, 3], [150, 10, 5, 5], [224, 14, 0, 0], [299, 19, 2, 3], [1024, 64, 0, 0]] as const;
  for (const [size, map, top, bottom] of sizes) {
    for (const [width, filters, code] of [[0.25, 4, 300], [1, 16, 1200]] as const) {
      const network = anAutoencoder({ size, width });
      const label = `size ${size}, width ${width}`;
      assert.deepEqual(shapeOf(network, 'encoder_4_leaky_relu'), [map, map, filters], label);
      assert.deepEqual(shapeOf(network, 'code'), [code], label);
      assert.deepEqual(shapeOf(network, 'decoder_dense'), [map * map * filters], label);
      assert.deepEqual(shapeOf(network, 'output_tanh'), [map * 16, map * 16, 3], label);
      assert.deepEqual(shapeOf(network, 'reconstruction'), [size, size, 3], label);
      assert.deepEqual(shapeOf(network, 'difference'), [size, size, 3], label);
      assert.deepEqual(
        network.nodes.find((node) => node.name === 'reconstruction')?.operation,
        { kind: 'crop', top, bottom, left: top, right: bottom },
        label,
      );
    }
  }
});

test('autoencoder() of the least width keeps one filter in every layer', () => {
  const network = anAutoencoder({ size: 32, width: 0.0001 });
  assert.deepEqual(shapeOf(network, 'code'), [1]);
  assert.deepEqual(shapeOf(network, 'decoder_3_relu'), [16, 16, 1]);
});

test('autoencoder() minimises the loss that is asked for and reports the other', () => {
  assert.deepEqual([anAutoencoder().objective, anAutoencoder().metrics], ['meanAbsoluteError', ['meanSquaredError']]);
  const squared = anAutoencoder({ loss: 'MeanSquaredError' });
  assert.deepEqual([squared.objective, squared.metrics], ['meanSquaredError', ['meanAbsoluteError']]);
});

test('autoencoder() starts convolutions from N(0, 0.02), dense layers from Glorot uniform and drops half by three streams', () => {
  const network = anAutoencoder();
  const kernels = weightsOf(network).filter((weight) => weight.name === 'kernel');
  assert.deepEqual(
    kernels.filter((weight) => weight.shape.length === 4).map((weight) => weight.initialiser),
    Array(8).fill({ kind: 'normal', deviation: 0.02 }),
  );
  assert.deepEqual(
    kernels.filter((weight) => weight.shape.length === 2).map((weight) => weight.initialiser),
    [{ kind: 'glorotUniform', fanIn: 5776, fanOut: 1200 }, { kind: 'glorotUniform', fanIn: 1200, fanOut: 5776 }],
  );
  assert.deepEqual(
    network.nodes.filter((node) => node.operation.kind === 'dropout').map((node) => node.operation),
    [1, 2, 3].map((stream) => ({ kind: 'dropout', rate: 0.5, stream })),
  );
});
