import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Engine, Model, ModelOptions, Tensors } from '../../src/engines/engine.ts';
import { initialValues } from '../../src/engines/initialise.ts';
import { nativeEnvironment } from '../../src/engines/native.ts';
import { openEngine } from '../../src/engines/open.ts';
import type { Network } from '../../src/models/network.ts';
import { frozenWeights, weightsOf } from '../../src/models/weights.ts';
import { oracleOrSkip } from '../oracles/oracles.ts';

// Before TensorFlow is loaded, which reads it once.
Object.assign(process.env, nativeEnvironment(2));

export const adam = { learningRate: 1e-3, beta1: 0.5, beta2: 0.999, epsilon: 1e-7 };
export const options: ModelOptions = { seed: 123, adam };

/** Each engine as tests want it. */
const choices = { wasm: { engine: 'wasm', threads: 1 }, 'wasm on 2 threads': { engine: 'wasm', threads: 2 }, native: { engine: 'native', threads: 2 } } as const;
type EngineName = keyof typeof choices;

const engines = new Map<EngineName, Promise<Engine>>();

/** The same test on all engines, or on those named; native is skipped where it is not built. */
export function testOnEngines(name: string, body: (engine: Engine, t: TestContext) => Promise<void>, names: readonly EngineName[] = ['wasm', 'wasm on 2 threads', 'native']): void {
  for (const engineName of names) {
    test(`${engineName}: ${name}`, async (t) => {
      if (!nativeOrSkip(t, engineName)) return;
      if (!engines.has(engineName)) engines.set(engineName, openEngine(choices[engineName]));
      await body(await engines.get(engineName)!, t);
    });
  }
}

export function nativeOrSkip(t: TestContext, engineName = 'native'): boolean {
  const built = path.join(import.meta.dirname, '../../.native/built.json');
  return engineName !== 'native' || oracleOrSkip(t, existsSync(built), 'the native engine is not built: run `npm run build:native`');
}

/** Grey films with gradients and grain, another one for each number. */
export function someFilms(count: number, size: number): Uint8Array {
  let grain = 1;
  return Uint8Array.from({ length: count * size * size }, (_, index) => {
    const [film, row, column] = [Math.floor(index / (size * size)), Math.floor(index / size) % size, index % size];
    grain = (Math.imul(grain, 1664525) + 1013904223) >>> 0;
    return 128 + 60 * Math.sin((film + 1) * row * 0.11) * Math.cos(column * 0.17 + film) + (grain >>> 26);
  });
}

/**
 * Initial weights whose biases keep every unit clear of its ReLU's kink, half of them on each side. Left near it, one
 * of 100,000 crosses for a rounding error in one of two right implementations and not in the other, and ten steps of
 * Adam make 10 % of a bias out of that.
 */
export function clearWeights(network: Network, { seed }: { seed: number }): Tensors {
  const clear = (values: Float32Array) => values.map((_, index) => (index % 2 === 0 ? 3 : -3));
  return new Map(weightsOf(network).map((weight) => {
    const values = initialValues(weight, seed);
    return [weight.fullName, { shape: weight.shape, values: /\/(bias|beta)$/.test(weight.fullName) ? clear(values) : values }];
  }));
}

/** Those that training changes, and the frozen ones. */
export function setAllWeights(model: Model, weights: Tensors): void {
  model.setWeights(weights);
  model.setFrozen(new Map(frozenWeights(model.network).map(({ fullName }) => [fullName, weights.get(fullName)!])));
}

/** ||a - b|| / ||b||. */
export function relativeDistance(a: Float32Array, b: Float32Array): number {
  const squares = (of: (index: number) => number) => b.reduce((sum, _, index) => sum + of(index) ** 2, 0);
  return a.length === b.length ? Math.sqrt(squares((index) => a[index]! - b[index]!) / squares((index) => b[index]!)) : Number.POSITIVE_INFINITY;
}
