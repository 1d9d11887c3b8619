/** A combined network on all engines: its junctions computed or fed, and its frozen weights. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as Tf from '@tensorflow/tfjs-core';
import { DivergedError, EngineError } from '../../src/engines/engine.ts';
import type { Engine, Model, Tensors } from '../../src/engines/engine.ts';
import { initialFrozen } from '../../src/engines/initialise.ts';
import { openEngine } from '../../src/engines/open.ts';
import { combinedNetworks } from '../../src/models/combined-networks.ts';
import { nameInPart } from '../../src/models/joined.ts';
import { learnedWeights } from '../../src/models/weights.ts';
import { nativeOrSkip, options, relativeDistance, someFilms, testOnEngines } from './engines.ts';

/** tfjs keeps its engine in one place for the whole process, whichever copy of the package asks. It counts the tensors of wasm alone. */
const { default: tf } = (await import('@tensorflow/tfjs-core')) as unknown as { default: typeof Tf };

const [size, films] = [32, 6];
const sources = ['Edema', 'Fracture'] as const;
const networks = combinedNetworks({ size, width: 0.25, observations: sources, sources, backbone: 'None', architecture: 2, head: 'Sigmoid' });
const { combined } = networks;
const frozen = initialFrozen(combined, 5);
const differences = ['difference_Edema', 'difference_Fracture'] as const;
const labels = { target: Float32Array.from({ length: films * 2 }, (_, index) => index % 3 & 1), weight: new Float32Array(films * 2).fill(1) };
const image = someFilms(films, size);

function loaded(engine: Engine): Model {
  const model = engine.load(combined, options);
  model.setFrozen(frozen);
  return model;
}

testOnEngines('fed junctions give the steps of computed ones: losses, gradients and moments', async (engine) => {
  const [computing, fed] = [loaded(engine), loaded(engine)];
  const kept = await computing.predict({ image }, differences);
  for (let step = 0; step < 3; step += 1) {
    const [ours, theirs] = [await fed.trainStep({ ...kept, ...labels }), await computing.trainStep({ image, ...labels })];
    assert.ok(Math.abs(ours.loss! / theirs.loss! - 1) < 1e-6, `step ${step}: ${ours.loss} and ${theirs.loss}`);
  }
  const [ours, theirs] = [await fed.getState(), await computing.getState()];
  for (const [name, { values }] of theirs.firstMoments) assert.ok(relativeDistance(ours.firstMoments.get(name)!.values, values) < 1e-5, name);
  assert.ok(Math.abs((await fed.evaluate({ ...kept, ...labels })).loss! / (await computing.evaluate({ image, ...labels })).loss! - 1) < 1e-6);
  for (const model of [computing, fed]) model.dispose();
});

testOnEngines('a junction gives what the network of its part does, rounded to float16', async (engine) => {
  const model = loaded(engine);
  const values = await model.predict({ image }, differences);
  for (const part of networks.autoencoders) {
    const alone = engine.load(part.network, { seed: 1 });
    alone.setWeights(new Map([...(await alone.getWeights()).keys()].map((name) => [name, frozen.get(nameInPart(part, name))!])));
    const { difference } = await alone.predict({ image }, ['difference']);
    const junction = values[part.input as (typeof differences)[number]];
    assert.ok(relativeDistance(junction, new Float32Array(new Float16Array(difference))) < 1e-4);
    assert.deepEqual(junction, new Float32Array(new Float16Array(junction)));
    alone.dispose();
  }
  model.dispose();
});

testOnEngines('training moves what is learned, and the state holds nothing else', async (engine) => {
  const model = loaded(engine);
  const [before, start] = [await model.predict({ image }, differences), await model.getWeights()];
  for (let step = 0; step < 3; step += 1) await model.trainStep({ image, ...labels });
  assert.deepEqual(await model.predict({ image }, differences), before);
  const state = await model.getState();
  assert.deepEqual([...state.weights.keys()].sort(), learnedWeights(combined).map(({ fullName }) => fullName).sort());
  for (const [name, { values }] of state.weights) assert.notDeepEqual(values, start.get(name)!.values, name);
  const other = loaded(engine);
  other.setState(state);
  assert.deepEqual(await other.trainStep({ image, ...labels }), await model.trainStep({ image, ...labels }));
  for (const each of [model, other]) each.dispose();
});

testOnEngines('frozen weights are refused where they do not fit, and a model where some of them are forgotten', async (engine) => {
  const model = engine.load(combined, options);
  const [first = ''] = frozen.keys();
  const only = (name: string, shape = [1]): Tensors => new Map([[name, { shape, values: new Float32Array(shape[0]!) }]]);
  assert.throws(() => model.setFrozen(only('logits/bias', [2])), new EngineError('Cannot set the frozen weights of combined: it has no frozen logits/bias'));
  assert.throws(() => model.setFrozen(only(first)), /difference_Edema\/encoder_1_conv\/kernel has shape \[1\] and must have shape \[4,4,3,8\]/);
  model.setFrozen(new Map([...frozen].filter(([name]) => name !== 'difference_Fracture/code/bias')));
  await assert.rejects(model.predict({ image }, ['score']), new EngineError('Cannot run combined: its frozen weight difference_Fracture/code/bias was not set, others were; set all of them, or none to have them from the seed'));
  model.setFrozen(only('difference_Fracture/code/bias', [300]));
  await model.predict({ image }, ['score']);
  model.dispose();
});

testOnEngines('what is fed is neither computed nor asked for, and counts as input', async (engine) => {
  const model = loaded(engine);
  const kept = await model.predict({ image }, differences);
  await assert.rejects(model.predict({ difference_Edema: kept.difference_Edema }, ['score']), /nothing was fed to its input image/);
  await assert.rejects(model.predict({ ...kept, difference_Edema: kept.difference_Edema.subarray(size * size * 3) }, ['score']), /it has \d examples where the inputs before have \d/);
  // The ReLU of TensorFlow's fast kernels makes 0 of what is not a number: there the loss stays one.
  if (engine.name === 'wasm') {
    const poisoned = kept.difference_Fracture.with(0, Number.NaN);
    await assert.rejects(model.trainStep({ ...kept, difference_Fracture: poisoned, ...labels }), (error) => error instanceof DivergedError && /the first tensor that is not finite is difference_Fracture\./.test(error.message));
  }
  model.dispose();
});

testOnEngines('steps with computed and with fed junctions leave no tensor behind', async (engine) => {
  const atFirst = tf.memory().numTensors;
  const model = loaded(engine);
  await model.trainStep({ image, ...labels });
  const before = tf.memory().numTensors;
  const kept = await model.predict({ image }, differences);
  for (const feeds of [{ image, ...labels }, { ...kept, ...labels }, { image, difference_Edema: kept.difference_Edema, ...labels }]) {
    await model.trainStep(feeds);
    await model.evaluate(feeds);
  }
  assert.equal(tf.memory().numTensors, before);
  model.dispose();
  assert.equal(tf.memory().numTensors, atFirst);
}, ['wasm']);

test('wasm and native give the same scores of the same combined network', async (t) => {
  if (!nativeOrSkip(t)) return;
  const [ours, theirs] = await Promise.all((['wasm', 'native'] as const).map(async (engine) => {
    const model = loaded(await openEngine({ engine, threads: engine === 'native' ? 2 : 1 }));
    const { score } = await model.predict({ image }, ['score']);
    model.dispose();
    return score;
  }));
  assert.ok(relativeDistance(ours!, theirs!) < 1e-5);
});
