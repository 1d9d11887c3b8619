import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Engine, Feeds, Scalars, Tensors } from '../../src/engines/engine.ts';
import { initialFrozen } from '../../src/engines/initialise.ts';
import type { Network } from '../../src/models/network.ts';
import { pythonOrSkip } from '../oracles/oracles.ts';
import { cases } from './cases.ts';
import { adam, options, relativeDistance, testOnEngines } from './engines.ts';
import { kerasSteps } from './keras-steps.ts';
import type { KerasSteps } from './keras-steps.ts';

// A seed above 32 bits, to see the whole of the key.
const seeded = { ...options, seed: 2 ** 33 + 5 };

/**
 * Initial weights, the frozen ones as they are, whose biases keep every unit clear of its ReLU's kink, half of them on each side. Left near it, one
 * of 100,000 crosses for a rounding error in one of two right implementations and not in the other, and ten steps of
 * Adam make 10 % of a bias out of that.
 */
async function clearWeights(engine: Engine, network: Network): Promise<Tensors> {
  const model = engine.load(network, seeded);
  const { weights } = await model.getState();
  model.dispose();
  const clear = [...weights].map(([name, { shape, values }]) => [name, { shape, values: /\/(bias|beta)$/.test(name) ? values.map((_, index) => (index % 2 === 0 ? 3 : -3)) : values }] as const);
  return new Map([...initialFrozen(network, seeded.seed), ...clear]);
}

/** Of all cases at once, for Keras takes seconds to start; the first engine's initial weights are everybody's. */
let answers: Promise<Map<string, { keras: KerasSteps; weights: Tensors }>> | undefined;

async function answersFrom(engine: Engine) {
  const jobs = await Promise.all(Object.values(cases).map(async ({ network, feeds }) => ({ network, weights: await clearWeights(engine, network), feeds, options: seeded, steps: 10 })));
  const all = kerasSteps(jobs);
  return new Map(Object.keys(cases).map((name, index) => [name, { keras: all[index]!, weights: jobs[index]!.weights }]));
}

for (const [name, { network, feeds }] of Object.entries(cases)) {
  testOnEngines(`steps of ${name} are Keras's: gradients, weights after ten steps, moving statistics, losses`, async (engine, t) => {
    if (pythonOrSkip(t)) await compare(engine, { name, network, feeds }, t);
  });
}

async function compare(engine: Engine, { name, network, feeds }: { name: string; network: Network; feeds: Feeds }, t: TestContext): Promise<void> {
  answers ??= answersFrom(engine);
  const { keras, weights } = (await answers).get(name)!;
  const model = engine.load(network, seeded);
  t.after(() => model.dispose());
  model.setWeights(weights);
  for (const [index, expected] of keras.losses.entries()) {
    near(await model.trainStep(feeds), expected, `step ${index + 1}`);
    if (index > 0) continue;
    // After the first step the first moment is (1 - beta1) times the gradient.
    for (const [weight, { values }] of (await model.getState()).firstMoments) {
      within(1e-4, { values: values.map((value) => value / (1 - adam.beta1)), expected: keras.gradients.get(weight)!, what: `the gradient of ${weight}` });
    }
  }
  for (const [weight, { values }] of (await model.getState()).weights) {
    const [expected, start] = [keras.weights.get(weight)!, weights.get(weight)!.values];
    within(1e-4, { values, expected, what: weight });
    const moved = (end: Float32Array) => end.map((value, index) => value - start[index]!);
    within(1e-2, { values: moved(values), expected: moved(expected), what: `the way that ${weight} went` });
  }
  near(await model.evaluate(feeds), keras.evaluated, 'evaluate()');
  const predicted = await model.predict(feeds, network.outputs);
  for (const output of network.outputs) within(1e-4, { values: predicted[output]!, expected: keras.predicted.get(output)!, what: output });
}

function near(losses: Scalars, expected: Scalars, when: string): void {
  for (const [loss, value] of Object.entries(expected)) assert.ok(Math.abs(losses[loss]! / value - 1) < 1e-4, `${when}: ${loss} is ${losses[loss]}, Keras's is ${value}`);
}

function within(tolerance: number, { values, expected, what }: { values: Float32Array; expected: Float32Array; what: string }): void {
  const distance = relativeDistance(values, expected);
  assert.ok(distance < tolerance, `${what} is ${distance} off, relative to Keras's`);
}
