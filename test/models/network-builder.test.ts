import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchNorm, dense, elementwise, flatten, meanError } from '../../src/models/layers.ts';
import { networkBuilder } from '../../src/models/network-builder.ts';
import { parameterCount, trainableCount, trainableWeights, weightsOf } from '../../src/models/weights.ts';

test('networkBuilder() gives the nodes in the order they were added, with inputs, ends and full weight names', () => {
  const net = networkBuilder('small');
  const film = net.input('film', 'float32', [2, 2, 1]);
  const code = net.add('code', dense({ units: 3 }), net.add('flat', flatten(), film));
  const back = net.add('back', dense({ units: 4 }), code);
  const loss = net.add('loss', meanError('meanSquaredError'), back, net.add('target', flatten(), film));
  const network = net.build({ outputs: [back], objective: loss, metrics: [loss] });
  assert.deepEqual(network.nodes.map(({ name, inputs, shape }) => ({ name, inputs, shape })), [
    { name: 'film', inputs: [], shape: [2, 2, 1] },
    { name: 'flat', inputs: ['film'], shape: [4] },
    { name: 'code', inputs: ['flat'], shape: [3] },
    { name: 'back', inputs: ['code'], shape: [4] },
    { name: 'target', inputs: ['film'], shape: [4] },
    { name: 'loss', inputs: ['back', 'target'], shape: [] },
  ]);
  assert.deepEqual([network.objective, network.metrics, network.outputs], ['loss', ['loss'], ['back']]);
  assert.deepEqual(weightsOf(network).map((weight) => weight.fullName), ['code/kernel', 'code/bias', 'back/kernel', 'back/bias']);
  assert.equal(parameterCount(network), 4 * 3 + 3 + 3 * 4 + 4);
});

test('networkBuilder() of a frozen network has nothing to train', () => {
  const net = networkBuilder('frozen', { frozen: true });
  const x = net.add('norm', batchNorm({ momentum: 0.9 }), net.input('x', 'float32', [4]));
  const network = net.build({ outputs: [net.add('y', dense({ units: 2 }), x)] });
  assert.equal(parameterCount(network), 16 + 10);
  assert.equal(trainableCount(network), 0);
  assert.deepEqual(trainableWeights(network), []);
  assert.equal('objective' in network, false);
});

test('networkBuilder() names the node that does not fit, the one that is taken and the one of another network', () => {
  const net = networkBuilder('small');
  const film = net.input('film', 'float32', [2, 2, 1]);
  assert.throws(() => net.add('code', dense({ units: 3 }), film), {
    message: 'Cannot add "code" to the network "small": the input must be a vector, it is 2 x 2 x 1',
  });
  assert.throws(() => net.input('film', 'uint8', [1]), { message: 'Cannot add "film" to the network "small": the name is taken' });
  const foreign = networkBuilder('other').input('elsewhere', 'float32', [4]);
  assert.throws(() => net.add('relu', elementwise({ kind: 'relu' }), foreign), {
    message: 'Cannot add "relu" to the network "small": it has no "elsewhere"',
  });
});
