/** One measurement of scripts/bench/engines.ts: its job is the argument, its answer one line of JSON. */
import type * as Tf from '@tensorflow/tfjs-core';
import type { Engine } from '../../src/engines/engine.ts';
import { openEngine } from '../../src/engines/open.ts';
import { autoencoder } from '../../src/models/autoencoder.ts';
import { sizeOf } from '../../src/models/layers.ts';
import type { Network, Node } from '../../src/models/network.ts';
import { openEagerNative } from '../../test/oracles/eager-native.ts';
import type { Growth, Limits, Training } from './engines.ts';

const megabyte = 1e6;
const job = JSON.parse(process.argv[2] ?? '') as
  | { kind: 'limits'; engine: 'wasm' | 'native'; threads: number }
  | { kind: 'training'; engine: 'wasm' | 'native' | 'eager'; threads: number; size: number; width: number; batch: number; seconds: number }
  | { kind: 'growth'; engine: 'wasm' | 'native'; threads: number; size: number; width: number; batch: number; steps: number };
const engine = job.engine === 'eager' ? await eager() : await openEngine({ engine: job.engine, threads: job.threads });
console.log(JSON.stringify(await answer()));

function answer(): Promise<Limits | Training | Growth> {
  switch (job.kind) {
    case 'limits':
      return limits();
    case 'training':
      return training(job);
    case 'growth':
      return growth(job);
  }
}

async function eager(): Promise<Pick<Engine, 'device' | 'load'>> {
  return { device: 'eager tfjs-node', load: await openEagerNative() };
}

/**
 * Memory after a fifth of the steps, and after all: what is resident less what V8 holds free, each after a collection. V8 makes
 * room for new objects in two or three leaps to 64 MB, whatever becomes of them; neither that nor garbage is growth.
 */
async function growth({ size, width, batch, steps }: Extract<typeof job, { kind: 'growth' }>): Promise<Growth> {
  const model = engine.load(autoencoder({ size, width, loss: 'MeanAbsoluteError' }), { seed: 1, adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-7 } });
  const image = new Uint8Array(batch * size * size).fill(128);
  const megabytes: number[] = [];
  for (let step = 1; step <= 1.2 * steps; step += 1) {
    await model.trainStep({ image });
    if (step !== 0.2 * steps && step !== 1.2 * steps) continue;
    globalThis.gc?.();
    const { rss, heapTotal, heapUsed } = process.memoryUsage();
    megabytes.push((rss - (heapTotal - heapUsed)) / megabyte);
  }
  return { device: engine.device, from: megabytes[0] ?? NaN, to: megabytes[1] ?? NaN };
}

async function limits(): Promise<Limits> {
  // Native by eager TensorFlow.js, for one product alone; tfjs keeps its engine in one place for the process.
  if (job.engine === 'native') await openEagerNative();
  const { default: tf } = (await import('@tensorflow/tfjs-core')) as unknown as { default: typeof Tf };
  const side = 1024;
  const [a, b] = [tf.randomUniform([side, side]), tf.randomUniform([side, side])];
  const products = await rate(1.5, () => {
    const product = tf.matMul(a, b);
    product.dataSync();
    product.dispose();
    return Promise.resolve();
  });
  const [from, to] = [Buffer.alloc(1 << 28, 1), Buffer.alloc(1 << 28)];
  const copies = await rate(1.5, () => Promise.resolve(void from.copy(to)));
  return { device: engine.device, gemm: (products * 2 * side ** 3) / 1e9, copy: (copies * 2 * from.length) / 1e9 };
}

async function training({ size, width, batch, seconds }: Extract<typeof job, { kind: 'training' }>): Promise<Training> {
  const network = autoencoder({ size, width, loss: 'MeanAbsoluteError' });
  const model = engine.load(network, { seed: 1, adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-7 } });
  const image = Uint8Array.from({ length: batch * size * size }, (_, index) => 128 + 100 * Math.sin(index / 7) * Math.cos(index / size / 5));
  await model.trainStep({ image });
  const steps = await rate(seconds, () => model.trainStep({ image }));
  model.dispose();
  return { device: engine.device, imagesPerSecond: steps * batch, flops: trainingFlops(network), peakMegabytes: (process.resourceUsage().maxRSS * 1024) / megabyte };
}

/** How often `work` runs in a second. */
async function rate(seconds: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  let times = 0;
  while (performance.now() - start < seconds * 1000) {
    await work();
    times += 1;
  }
  return (times * 1000) / (performance.now() - start);
}

/** Two for each multiplication of convolutions and dense layers: forward, by the weights, and by the inputs but the first's. */
function trainingFlops(network: Network): number {
  const multiplications = network.nodes.map((node) => multiplicationsOf(network, node)).filter((count) => count > 0);
  return 2 * (3 * multiplications.reduce((sum, count) => sum + count, 0) - (multiplications[0] ?? 0));
}

function multiplicationsOf(network: Network, node: Node): number {
  const kernel = node.weights.find((weight) => weight.name === 'kernel');
  if (kernel === undefined) return 0;
  const input = network.nodes.find((each) => each.name === node.inputs[0]);
  const positions = node.operation.kind === 'dense' ? 1 : sizeOf((node.operation.kind === 'conv2d' ? node.shape : (input?.shape ?? [])).slice(0, 2));
  return positions * sizeOf(kernel.shape);
}
