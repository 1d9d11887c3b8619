import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { nativeEnvironment } from '../../src/engines/native.ts';
import { openEngine } from '../../src/engines/open.ts';
import type { AutoencodersStep } from '../../src/plan/step.ts';
import { runAutoencoder } from '../../src/workers/autoencoders.ts';
import { alone } from './bench-row.ts';
import type { BenchRow } from './bench-row.ts';
import { makeFilms, makeRecords, roomyFolder, stepOf, toolsOf } from './preprocess.ts';

const threads = 2;
const root = path.join(import.meta.dirname, '../..');
/** A sixth of them are one observation's. */
const films = 384;

interface Input {
  /** 0 to 1. */
  readonly waitRatio: number;
  readonly imagesPerSecond: number;
}

/** How long native's training steps at 299 px wait for films, in a whole step of an autoencoder that reads its records. */
export function benchInput(): Promise<BenchRow[]> {
  if (!existsSync(path.join(root, '.native/built.json'))) {
    console.error('The native engine is not built (`npm run build:native`): not measured.');
    return Promise.resolve([]);
  }
  const ended = spawnSync(process.execPath, [import.meta.filename, 'measure'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...nativeEnvironment(threads) } });
  if (ended.status !== 0) throw new Error(`Cannot measure the reading of films: its process ended with ${String(ended.status)}`);
  const { waitRatio, imagesPerSecond } = JSON.parse(ended.stdout) as Input;
  const what = 'a whole step of an autoencoder, 299 px, batch 16, native';
  return Promise.resolve([
    { ...alone, name: `${what}: share of its time that it waits for films`, unit: '%', value: 100 * waitRatio },
    { ...alone, name: `${what}: epochs and checkpoints counted`, unit: 'images/s', value: imagesPerSecond },
  ]);
}

async function measureInput(): Promise<Input> {
  const folder = await mkdtemp(path.join(await roomyFolder(), 'chex-bench-'));
  try {
    await makeFilms(path.join(folder, 'films'));
    const preprocess = stepOf(folder, { mode: 'OnRead', films });
    await makeRecords(preprocess, folder);
    const { dataset: _, maxRejected: __, films: ___, image, observations: ____, ...common } = preprocess;
    const step: AutoencodersStep = {
      ...common, stage: 'autoencoders', digest: 'f'.repeat(64), observation: 'Edema', width: 1, loss: 'MeanAbsoluteError', earlyStopping: null,
      epochs: 6, batchSize: 16, learningRate: 2e-4, checkpointEverySeconds: 300, engine: 'native', threads, augment: image.augment, size: image.size, records: preprocess.digest,
    };
    let waitRatio = NaN;
    const tools = toolsOf(step, folder, ({ inputWaitRatio }) => {
      waitRatio = inputWaitRatio ?? waitRatio;
    });
    const { imagesPerSecond } = await runAutoencoder({ step, tools, engine: await openEngine({ engine: 'native', threads }) });
    return { waitRatio, imagesPerSecond };
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (import.meta.main && process.argv[2] === 'measure') console.log(JSON.stringify(await measureInput()));
