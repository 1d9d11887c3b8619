/**
 * `npm run bench:gpu`: trains the study's autoencoder on this machine's GPU and prints images/s beside the goal of its
 * kind. Ends with 78 where there is no GPU, with 1 where the goal is missed. `npm run build:native -- gpu` comes first.
 */
import { spawnSync } from 'node:child_process';
import { EngineError } from '../src/engines/engine.ts';
import type { Engine } from '../src/engines/engine.ts';
import { nativeEnvironment, openNative } from '../src/engines/native.ts';
import { autoencoder } from '../src/models/autoencoder.ts';
import { bestRate } from './bench/best-rate.ts';
import { gpuGoals } from './bench/gpu-goals.ts';

const size = 299;
const secondsEach = 10;
const threads = 4;
Object.assign(process.env, nativeEnvironment(threads));

const gpu = spawnSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], { encoding: 'utf8' }).stdout?.split('\n')[0]?.trim() ?? '';
const engine = open();
console.log(`${gpu || 'a GPU that nvidia-smi does not name'}, ${engine.device}`);
judge(await bestRate([16, 64, 128, 256], { imagesPerSecond, print: console.log }));

function open(): Engine {
  try {
    const native = openNative(threads);
    return native.isOnGpu ? native : refuse(`${native.device} is all that the native engine finds`);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return refuse(error.cause instanceof Error ? error.cause.message : 'the native engine is not built for it');
  }
}

function refuse(reason: string): never {
  console.error(gpu === '' ? 'There is no NVIDIA GPU here that `nvidia-smi` shows: run `npm run bench:gpu` on a machine that has one.'
    : `Cannot use the ${gpu}: ${reason}. Run \`npm run build:native -- gpu\`, then \`npm run bench:gpu\` again.`);
  process.exit(78);
}

async function imagesPerSecond(batch: number): Promise<number> {
  const model = engine.load(autoencoder({ size, width: 1, loss: 'MeanAbsoluteError' }), { seed: 1, adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-7 } });
  try {
    const image = Uint8Array.from({ length: batch * size * size }, (_, index) => 128 + 100 * Math.sin(index / 7));
    for (let step = 0; step < 5; step += 1) await model.trainStep({ image });
    const start = performance.now();
    let steps = 0;
    for (; performance.now() - start < secondsEach * 1000; steps += 1) await model.trainStep({ image });
    return (steps * batch * 1000) / (performance.now() - start);
  } finally {
    model.dispose();
  }
}

function judge(best: number): void {
  const known = gpuGoals.find((each) => each.name.test(gpu));
  if (known === undefined) return console.log('There is no goal for this GPU.');
  console.log(`The goal of a ${known.title} is ${known.goal} images/s: ${best >= known.goal ? 'reached' : 'missed'} with ${(best / known.goal).toFixed(2)} of it.`);
  process.exitCode = best >= known.goal ? 0 : 1;
}
