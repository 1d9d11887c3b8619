/** The wasm engine on several threads against itself on one, and what becomes of its threads. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Worker } from 'node:worker_threads';
import type * as Tf from '@tensorflow/tfjs-core';
import { DivergedError } from '../../src/engines/engine.ts';
import type { Feeds, Model, ModelState, Scalars, Tensors } from '../../src/engines/engine.ts';
import { initialFrozen } from '../../src/engines/initialise.ts';
import { batchParts, mostTrainingParts } from '../../src/engines/batch-parts.ts';
import { placesOf } from '../../src/engines/threads/places.ts';
import { Replica } from '../../src/engines/threads/replica.ts';
import { shareNumbers } from '../../src/engines/threads/shared-numbers.ts';
import { SharedState } from '../../src/engines/threads/shared-state.ts';
import { openWasm } from '../../src/engines/wasm.ts';
import { openWasmBackend } from '../../src/engines/wasm-backend.ts';
import { autoencoder } from '../../src/models/autoencoder.ts';
import { conv2d, dense, elementwise, flatten, maxPool2d, meanError } from '../../src/models/layers.ts';
import { networkBuilder } from '../../src/models/network-builder.ts';
import type { Network } from '../../src/models/network.ts';
import { cases } from './cases.ts';
import { options, relativeDistance, someFilms } from './engines.ts';

const size = 32;
const network = autoencoder({ size, width: 0.25, loss: 'MeanAbsoluteError' });
const image = someFilms(9, size);
const two = await openWasm(2);

/** Of no batchNorm; the numbers of its dropout are no multiple of four a film. */
function plain(): Network {
  const net = networkBuilder('plain');
  const film = net.input('image', 'uint8', [15, 15, 1]);
  const target = net.input('target', 'float32', [3]);
  const scaled = net.add('scaled', elementwise({ kind: 'affine', scale: 1 / 127.5, offset: -1 }), film);
  const first = net.add('first', conv2d({ filters: 7, kernel: 3, strides: 1, padding: 'same', bias: true }), scaled);
  const pooled = net.add('pooled', maxPool2d({ size: 2, strides: 2, padding: 'valid' }), net.add('bent', elementwise({ kind: 'leakyRelu', slope: 0.3 }), first)); // 7 x 7 x 7
  const dropped = net.add('dropped', elementwise({ kind: 'dropout', rate: 0.3, stream: 5 }), pooled);
  const answer = net.add('answer', dense({ units: 3 }), net.add('flat', flatten(), dropped));
  const [squared, absolute] = [net.add('squared', meanError('meanSquaredError'), answer, target), net.add('absolute', meanError('meanAbsoluteError'), answer, target)];
  return net.build({ objective: squared, metrics: [absolute], outputs: [answer] });
}

const plainFeeds: Feeds = { image: someFilms(5, 15), target: Float32Array.from({ length: 15 }, (_, index) => Math.sin(index)) };

/** On as many threads as asked, one after another: losses and first moments of one step, and then values without dropout. */
async function oneStep(threads: number, of: Network, feeds: Feeds): Promise<{ losses: Scalars; firstMoments: Tensors; evaluated: Scalars; predicted: Record<string, Float32Array> }> {
  const model = (await openWasm(threads)).load(of, options);
  try {
    const losses = await model.trainStep(feeds);
    const { firstMoments } = await model.getState();
    model.setWeights(await (await openWasm()).load(of, options).getWeights());
    return { losses, firstMoments, evaluated: await model.evaluate(feeds), predicted: await model.predict(feeds, of.outputs) };
  } finally {
    model.dispose();
  }
}

/** Its batchNorm by the moving statistics, which are no matter of the batch. */
function frozen(of: Network): Network {
  return { ...of, nodes: of.nodes.map((node) => (node.operation.kind === 'batchNorm' ? { ...node, weights: node.weights.map((weight) => ({ ...weight, trainable: false })) } : node)) };
}

const separable = {
  'a network with dropout': { network: plain(), feeds: plainFeeds },
  ...Object.fromEntries(Object.entries(cases).map(([name, each]) => [`${name}, batchNorm frozen`, { ...each, network: frozen(each.network) }])),
};

for (const [name, { network: of, feeds }] of Object.entries(separable)) {
  for (const threads of [2, 3]) {
    test(`on ${threads} threads a step of ${name} is that of one: losses and every gradient; what is predicted is equal bit for bit`, async () => {
      const [one, several] = [await oneStep(1, of, feeds), await oneStep(threads, of, feeds)];
      for (const [loss, value] of Object.entries(one.losses)) assert.ok(Math.abs(several.losses[loss]! / value - 1) < 1e-6, loss);
      for (const [loss, value] of Object.entries(one.evaluated)) assert.ok(Math.abs(several.evaluated[loss]! / value - 1) < 1e-6, loss);
      for (const [weight, { values }] of one.firstMoments) {
        const distance = relativeDistance(several.firstMoments.get(weight)!.values, values);
        assert.ok(distance <= 1e-5, `the gradient of ${weight} is ${distance} off`);
      }
      for (const output of of.outputs) assert.deepEqual(several.predicted[output], one.predicted[output]);
    });
  }
}

test('threads that have no part of a small batch update their slice all the same', async () => {
  const feeds = { image: someFilms(1, 15), target: Float32Array.of(1, 2, 3) };
  const [one, three] = [await oneStep(1, plain(), feeds), await oneStep(3, plain(), feeds)];
  assert.deepEqual(three, one);
});

test('moving statistics are the mean of the parts\', by their films', async () => {
  const [whole, ...halves] = [image, image.subarray(0, 5 * size * size), image.subarray(5 * size * size)];
  const [one, model] = [await openWasm(), two.load(network, options)];
  await model.trainStep({ image: whole! });
  const ours = await model.getWeights();
  const parts = await Promise.all(halves.map(async (half) => {
    const part = one.load(network, options);
    await part.trainStep({ image: half });
    const weights = await part.getWeights();
    part.dispose();
    return weights;
  }));
  // Before the first normalisation, so that dropout and other statistics have no say.
  const first = [...ours.keys()].find((name) => name.endsWith('/moving_mean'))!;
  const expected = parts[0]!.get(first)!.values.map((value, index) => (5 * value + 4 * parts[1]!.get(first)!.values[index]!) / 9);
  assert.ok(relativeDistance(ours.get(first)!.values, expected) < 1e-6);
  model.dispose();
});

test('batchParts() cuts at films, the larger parts first, and counts a loss by the weights that were fed', () => {
  const { network: head, feeds } = cases['the combined head with weighted softmax']!;
  const parts = batchParts({ network: head, wanted: [head.objective!], feeds }, () => 3);
  assert.deepEqual(parts.map(({ firstFilm }) => firstFilm), [0, 2, 3]);
  assert.deepEqual(parts.map(({ share }) => share), [0.5, 0.25, 0.25]);
  assert.deepEqual(parts.map(({ lossShares }) => lossShares[head.objective!]), [0.75, 0, 0.25]);
  assert.deepEqual(parts.map(({ feeds: { target } }) => [...target!]), [[0.5, 0, 0.5, 1, 0, 0], [0, 0, 0], [0, 0, 1, 0].slice(1)]);
});

test('mostTrainingParts() leaves batchNorm four films a part', () => {
  assert.deepEqual([1, 7, 8, 100].map((films) => mostTrainingParts(network, { threads: 2, films })), [1, 1, 2, 2]);
  assert.deepEqual([1, 2, 100].map((films) => mostTrainingParts(plain(), { threads: 2, films })), [1, 2, 2]);
});

test('a replica leaves no tensor behind, after errors neither', async () => {
  const backend = await openWasmBackend();
  const { default: tf } = (await import('@tensorflow/tfjs-core')) as unknown as { default: typeof Tf };
  const atFirst = tf.memory().numTensors;
  const places = placesOf(network);
  const replica = new Replica(backend, { network, seed: 1, index: 0, shared: shareNumbers(places, { threads: 1, isTrained: true }) });
  const pass = { version: { learned: 1, frozen: 1 }, feeds: { image } };
  replica.answer({ kind: 'gradients', ...pass, updates: 0, firstFilm: 0, share: 1 });
  assert.equal(tf.memory().numTensors, atFirst + places.learned.length);
  replica.answer({ kind: 'gradients', ...pass, version: { learned: 2, frozen: 1 }, updates: 0, firstFilm: 0, share: 1 });
  replica.answer({ kind: 'update', from: 0, to: places.trainableCount, parts: 1, by: { ...options.adam!, rate: 1e-3 } });
  replica.answer({ kind: 'evaluate', ...pass });
  replica.answer({ kind: 'predict', ...pass, outputs: ['reconstruction'] });
  replica.answer({ kind: 'locate', ...pass, updates: 0, firstFilm: 0 });
  assert.throws(() => replica.answer({ kind: 'evaluate', version: { learned: 2, frozen: 1 }, feeds: { image: image.subarray(1) } }));
  assert.equal(tf.memory().numTensors, atFirst + places.learned.length);
  replica.dispose();
  assert.equal(tf.memory().numTensors, atFirst);
});

test('after an update threads take anew what is learned, and what is frozen only when that is set', () => {
  const { network: combined } = cases['the combined model that computes its differences']!;
  const state = new SharedState(combined, { seed: 1, threads: 1, isTrained: true });
  const first = state.version;
  state.countUpdate([]);
  assert.deepEqual(state.version, { ...first, learned: first.learned + 1 });
  state.setFrozen(initialFrozen(combined, 2));
  assert.deepEqual(state.version, { learned: first.learned + 1, frozen: first.frozen + 1 });
});

test('a loss that is not finite in one part leaves the weights of all unchanged and names the input', async () => {
  const model = two.load(plain(), options);
  await model.trainStep(plainFeeds);
  const before = await model.getState();
  const target = (plainFeeds.target as Float32Array).with(14, Number.NaN);
  await assert.rejects(model.trainStep({ ...plainFeeds, target }), (error) => error instanceof DivergedError && /^Cannot train plain: squared is NaN at step 2; the first tensor that is not finite is target\. The weights are unchanged; try a smaller learning rate$/.test(error.message));
  assert.deepEqual(await model.getState(), before);
  await model.trainStep(plainFeeds);
  model.dispose();
});

test('what is asked at once is answered in turn, and no feed is taken away', async () => {
  const [apart, atOnce] = [two.load(network, options), two.load(network, options)];
  const expected: ModelState[] = [];
  for (let step = 0; step < 2; step += 1) {
    await apart.trainStep({ image });
    expected.push(await apart.getState());
  }
  const [, first, , second] = await Promise.all([atOnce.trainStep({ image }), atOnce.getState(), atOnce.trainStep({ image }), atOnce.getState()]);
  assert.deepEqual([first, second], expected);
  assert.equal(image.length, 9 * size * size);
  apart.dispose();
  atOnce.dispose();
});

/** The threads that `work` starts. */
async function threadsOf<Result>(t: TestContext, work: () => Result): Promise<{ result: Result; threads: Worker[] }> {
  const threads: Worker[] = [];
  const remember = (thread: Worker) => threads.push(thread);
  process.on('worker', remember);
  t.after(() => process.off('worker', remember));
  const result = work();
  await new Promise(setImmediate);
  return { result, threads };
}

test('dispose() of the last model ends the threads, and the next model has new ones', async (t) => {
  const engine = await openWasm(2);
  const { result: models, threads } = await threadsOf(t, () => [engine.load(network, options), engine.load(network, options)] as const);
  assert.equal(threads.length, 2);
  const ends = threads.map((thread) => once(thread, 'exit'));
  await models[0].trainStep({ image });
  models[0].dispose();
  await assert.rejects(models[0].evaluate({ image }), /the model was disposed of/);
  const weights = await models[1].getWeights();
  const asked = models[1].evaluate({ image });
  const rejected = assert.rejects(asked, /the model was disposed of/);
  await new Promise(setImmediate);
  models[1].dispose();
  await Promise.all([rejected, ...ends]);
  const next: Model = engine.load(network, options);
  next.setWeights(weights);
  assert.deepEqual(await next.getWeights(), weights);
  await next.evaluate({ image });
  next.dispose();
});

test('a thread that dies rejects what all were asked, and whatever is asked later', async (t) => {
  const engine = await openWasm(2);
  const { result: model, threads } = await threadsOf(t, () => engine.load(network, options));
  await model.trainStep({ image });
  const before = await model.getState();
  const ends = threads.map((thread) => once(thread, 'exit'));
  const step = assert.rejects(model.trainStep({ image }), /^Error: Cannot go on: thread 2 of 2 of the wasm engine died: exit code 1$/);
  await new Promise(setImmediate);
  await threads[1]!.terminate();
  await Promise.all([step, ...ends]);
  await assert.rejects(model.evaluate({ image }), /thread 2 of 2 of the wasm engine died/);
  assert.deepEqual(await model.getState(), before);
  model.dispose();
});
