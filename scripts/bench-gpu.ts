/**
 * `npm run bench:gpu`: trains the study's autoencoder on this machine's GPU and prints images/s beside the goal of its
 * kind. Ends with 78 where there is no GPU, with 1 where the goal is missed. `npm run build:native -- gpu` comes first.
 */
import { spawnSync } from 'node:child_process';
import { EngineError } from '../src/engines/engine.ts';
import type { Engine } from '../src/engines/engine.ts';
import { nativeEnvironment } from '../src/engines/native.ts';
import { openEngine } from '../src/engines/open.ts';
import { autoencoder } from '../src/models/autoencoder.ts';
import { gpuGoals } from './bench/gpu-goals.ts';

const size = 299;
const secondsEach = 10;
Object.assign(process.env, nativeEnvironment(4));

const engine = await open();
const name = spawnSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], { encoding: 'utf8' }).stdout?.split('\n')[0]?.trim() || 'a GPU that nvidia-smi does not name';
const known = gpuGoals.find((each) => each.name.test(name));
console.log(`${name}, ${engine.device}`);

let best = 0;
for (const batch of [16, 64, 128, 256]) {
  const rate = await imagesPerSecond(batch);
  best = Math.max(best, rate);
  console.log(`batch ${String(batch).padStart(3)}: ${rate.toFixed(0).padStart(6)} images/s`);
}
if (known === undefined) console.log('There is no goal for this GPU.');
else {
  console.log(`The goal of a ${known.title} is ${known.goal} images/s: ${best >= known.goal ? 'reached' : 'missed'} with ${(best / known.goal).toFixed(2)} of it.`);
  process.exitCode = best >= known.goal ? 0 : 1;
}

async function open(): Promise<Engine> {
  try {
    return await openEngine({ engine: 'native', threads: 4, requireGpu: true });
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    console.error(error.message);
    console.error('On a machine with a GPU: `npm run build:native -- gpu`, then `npm run bench:gpu` again.');
    process.exit(78);
  }
}

async function imagesPerSecond(batch: number): Promise<number> {
  const model = engine.load(autoencoder({ size, width: 1, loss: 'MeanAbsoluteError' }), { seed: 1, adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-7 } });
  const image = Uint8Array.from({ length: batch * size * size }, (_, index) => 128 + 100 * Math.sin(index / 7));
  for (let step = 0; step < 5; step += 1) await model.trainStep({ image });
  const start = performance.now();
  let steps = 0;
  for (; performance.now() - start < secondsEach * 1000; steps += 1) await model.trainStep({ image });
  model.dispose();
  return (steps * batch * 1000) / (performance.now() - start);
}
