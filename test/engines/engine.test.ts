import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as Tf from '@tensorflow/tfjs-core';
import { DivergedError, EngineError } from '../../src/engines/engine.ts';
import type { ModelState, Scalars, Tensors } from '../../src/engines/engine.ts';
import { openEngine } from '../../src/engines/open.ts';
import { autoencoder } from '../../src/models/autoencoder.ts';
import { combinedHead } from '../../src/models/combined.ts';
import { nativeOrSkip, options, relativeDistance, someFilms, testOnEngines } from './engines.ts';

const size = 32;
const network = autoencoder({ size, width: 0.25, loss: 'MeanAbsoluteError' });
// Two parts of four and five films on two threads.
const image = someFilms(9, size);

/** tfjs keeps its engine in one place for the whole process, whichever copy of the package asks. It counts the tensors of wasm alone. */
const { default: tf } = (await import('@tensorflow/tfjs-core')) as unknown as { default: typeof Tf };

testOnEngines('five steps from one seed are equal bit for bit, from another they are not', async (engine) => {
  const states: ModelState[] = [];
  for (const seed of [123, 123, 124]) {
    const model = engine.load(network, { ...options, seed });
    for (let step = 0; step < 5; step += 1) await model.trainStep({ image });
    states.push(await model.getState());
    model.dispose();
  }
  assert.deepEqual(states[1], states[0]);
  assert.notDeepEqual(states[2], states[0]);
});

testOnEngines('a model that is given another\'s state goes on exactly as that one', async (engine) => {
  const [whole, resumed] = [engine.load(network, options), engine.load(network, options)];
  const losses: Scalars[] = [];
  for (let step = 0; step < 6; step += 1) {
    if (step === 3) resumed.setState(await whole.getState());
    losses.push(await whole.trainStep({ image }));
  }
  assert.equal(resumed.updates, 3);
  for (let step = 3; step < 6; step += 1) assert.deepEqual(await resumed.trainStep({ image }), losses[step]);
  assert.deepEqual(await resumed.getState(), await whole.getState());
  whole.dispose();
  resumed.dispose();
});

testOnEngines('initial weights are made when they are first needed, and never where others are set before', async (engine) => {
  const atFirst = tf.memory().numTensors;
  const given = engine.load(network, options);
  const weights = await given.getWeights();
  assert.equal(tf.memory().numTensors, atFirst + weights.size);
  const taking = engine.load(network, { ...options, seed: 124 });
  assert.equal(tf.memory().numTensors, atFirst + weights.size);
  taking.setWeights(weights);
  assert.equal(tf.memory().numTensors, atFirst + 2 * weights.size);
  assert.deepEqual(await taking.getWeights(), (await given.getState()).weights);
  given.dispose();
  taking.dispose();
  assert.equal(tf.memory().numTensors, atFirst);
}, ['wasm']);

testOnEngines('steps, evaluations, predictions, errors and dispose() leave no tensor behind', async (engine) => {
  const atFirst = tf.memory().numTensors;
  const model = engine.load(network, options);
  await model.trainStep({ image });
  const before = tf.memory().numTensors;
  for (let step = 0; step < 3; step += 1) await model.trainStep({ image });
  await model.evaluate({ image });
  await model.predict({ image }, ['reconstruction', 'difference']);
  await assert.rejects(model.trainStep({ image: image.subarray(1) }));
  model.setState(await model.getState());
  assert.equal(tf.memory().numTensors, before);
  model.dispose();
  assert.equal(tf.memory().numTensors, atFirst);
}, ['wasm']);

testOnEngines('evaluate() and predict() neither drop out nor move anything', async (engine) => {
  const model = engine.load(network, options);
  await model.trainStep({ image });
  const before = await model.getState();
  assert.deepEqual(await model.evaluate({ image }), await model.evaluate({ image }));
  const { reconstruction } = await model.predict({ image }, ['reconstruction']);
  assert.equal(reconstruction.length, 9 * size * size * 3);
  assert.deepEqual(await model.getState(), before);
  model.dispose();
});

testOnEngines('predict() asks for the inputs that its outputs need and for no others', async (engine) => {
  const head = combinedHead({ size, observations: ['Edema'], sources: [], featureWidth: 8, backbone: 'InceptionResNetV2', architecture: 2, head: 'Sigmoid' });
  const model = engine.load(head, { seed: 1 });
  const { score } = await model.predict({ backbone: new Float32Array(16).fill(0.5) }, ['score']);
  assert.equal(score.length, 2);
  assert.equal(score[0], score[1]);
  await assert.rejects(model.evaluate({ backbone: new Float32Array(16) }), { name: 'EngineError', message: 'Cannot run the network: nothing was fed to its input target' });
  await assert.rejects(model.predict({ backbone: new Float32Array(16) }, ['scores' as 'score']), /has no such node\. It offers .*score/);
  model.dispose();
});

testOnEngines('a loss that is not finite ends the step with the name of the first such tensor and all weights as they were', async (engine) => {
  const model = engine.load(network, options);
  await model.trainStep({ image });
  const { weights } = await model.getState();
  const poisoned: Tensors = new Map([...weights].map(([name, { shape, values }]) => [name, { shape, values: name === 'code/kernel' ? values.with(7, Number.NaN) : values }]));
  model.setWeights(poisoned);
  const before = await model.getState();
  await assert.rejects(model.trainStep({ image }), (error) => error instanceof DivergedError && /meanAbsoluteError is NaN at step 2; the first tensor that is not finite is code\/kernel\. The weights are unchanged/.test(error.message));
  assert.deepEqual(await model.getState(), before);
  model.dispose();
});

testOnEngines('a loss that is not finite for what was fed names the input', async (engine) => {
  const head = combinedHead({ size, observations: ['Edema'], sources: ['Edema'], featureWidth: null, backbone: 'None', architecture: 2, head: 'Sigmoid' });
  const model = engine.load(head, options);
  const feeds = { difference_Edema: new Float32Array(size * size * 3).fill(0.5), target: Float32Array.of(Number.NaN), weight: Float32Array.of(1) };
  await assert.rejects(model.trainStep(feeds), /loss is NaN at step 1; the first tensor that is not finite is target\./);
  model.dispose();
});

testOnEngines('setWeights() names the weight that is missing or has another shape, and changes nothing', async (engine) => {
  const model = engine.load(network, options);
  const before = await model.getState();
  const { weights } = before;
  const without = new Map([...weights].filter(([name]) => name !== 'code/bias'));
  assert.throws(() => model.setWeights(without), new EngineError('Cannot set the weights of autoencoder: code/bias is missing and must have shape [300]'));
  const reshaped = new Map([...weights, ['code/bias', { shape: [2, 150], values: new Float32Array(300) }]]);
  assert.throws(() => model.setWeights(reshaped), new EngineError('Cannot set the weights of autoencoder: code/bias has shape [2,150] and must have shape [300]'));
  assert.deepEqual(await model.getState(), before);
  model.dispose();
});

testOnEngines('inputs of other batches or sizes are refused by name', async (engine) => {
  const head = combinedHead({ size, observations: ['Edema'], sources: ['Edema'], featureWidth: null, backbone: 'Small', architecture: 2, head: 'Sigmoid' });
  const model = engine.load(head, options);
  await assert.rejects(
    model.predict({ image: someFilms(2, size), difference_Edema: new Float32Array(3 * size * size * 3) }, ['score']),
    new EngineError('Cannot feed difference_Edema: it has 3 examples where the inputs before have 2'),
  );
  await assert.rejects(model.predict({ image: new Uint8Array(5), difference_Edema: new Float32Array(size * size * 3) }, ['score']), /5 values are no whole number of examples of shape \[32,32,1\]/);
  model.dispose();
});

test('wasm and native start equal bit for bit and stay together over five steps', async (t) => {
  if (!nativeOrSkip(t)) return;
  const [ours, theirs] = await Promise.all((['wasm', 'native'] as const).map(async (engine) => {
    const model = (await openEngine({ engine, threads: engine === 'native' ? 2 : 1 })).load(network, options);
    const start = await model.getState();
    const losses = [];
    for (let step = 0; step < 5; step += 1) losses.push((await model.trainStep({ image })).meanAbsoluteError!);
    model.dispose();
    return { start, losses: Float32Array.from(losses) };
  }));
  assert.deepEqual(ours!.start, theirs!.start);
  assert.ok(relativeDistance(ours!.losses, theirs!.losses) < 1e-4);
});
