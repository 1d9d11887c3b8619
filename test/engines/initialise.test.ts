import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialValues } from '../../src/engines/initialise.ts';
import type { Initialiser } from '../../src/models/network.ts';

function values(initialiser: Initialiser, { fullName = 'conv/kernel', seed = 123, size = 100_001 } = {}): Float32Array {
  return initialValues({ fullName, node: 'conv', name: 'kernel', shape: [size], initialiser, trainable: true }, seed);
}

function momentsOf(numbers: Float32Array) {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
  const fourth = numbers.reduce((sum, value) => sum + (value - mean) ** 4, 0) / numbers.length;
  return { mean, deviation: Math.sqrt(variance), kurtosis: fourth / variance ** 2 };
}

test('initialValues() draws from the normal distribution of the deviation asked for', () => {
  const { mean, deviation, kurtosis } = momentsOf(values({ kind: 'normal', deviation: 0.02 }));
  // Four standard errors of 100,001 draws.
  assert.ok(Math.abs(mean) < 0.02 * 0.0127, `mean ${mean}`);
  assert.ok(Math.abs(deviation / 0.02 - 1) < 0.009, `deviation ${deviation}`);
  assert.ok(Math.abs(kurtosis - 3) < 0.062, `kurtosis ${kurtosis}`);
});

test('initialValues() draws Glorot and Bengio uniformly within sqrt(6 / (fan in + fan out))', () => {
  const numbers = values({ kind: 'glorotUniform', fanIn: 50, fanOut: 100 });
  const limit = Math.sqrt(6 / 150);
  const { mean, deviation } = momentsOf(numbers);
  assert.ok(numbers.every((value) => Math.abs(value) <= limit));
  assert.ok(Math.abs(mean) < limit * 0.0074, `mean ${mean}`);
  assert.ok(Math.abs(deviation / (limit / Math.sqrt(3)) - 1) < 0.006, `deviation ${deviation}`);
});

test('initialValues() depends on the seed and the full name, and on nothing else', () => {
  const normal: Initialiser = { kind: 'normal', deviation: 0.02 };
  assert.deepEqual(values(normal), values(normal));
  assert.deepEqual(values(normal, { size: 5 }), values(normal).slice(0, 5));
  assert.notDeepEqual(values(normal, { seed: 124 }), values(normal));
  assert.notDeepEqual(values(normal, { fullName: 'other/kernel' }), values(normal));
});

test('initialValues() fills zeros and ones', () => {
  assert.deepEqual([...values({ kind: 'zeros' }, { size: 3 })], [0, 0, 0]);
  assert.deepEqual([...values({ kind: 'ones' }, { size: 3 })], [1, 1, 1]);
});
