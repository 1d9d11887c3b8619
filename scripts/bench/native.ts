import { existsSync } from 'node:fs';
import path from 'node:path';
import { askRival } from './ask-rival.ts';
import { alone, medianOf } from './bench-row.ts';
import type { BenchRow } from './bench-row.ts';
import { measure } from './engines.ts';
import type { Growth, Limits, Training } from './engines.ts';
import { beside, inTurns } from './in-turns.ts';
import type { Measure } from './in-turns.ts';

const root = path.join(import.meta.dirname, '../..');
const threads = 2;
const rounds = 3;
const setting = { size: 299, width: 1, batch: 16, seconds: 8 };

/** TensorFlow's fast kernels: as it comes they are on with AVX-512 alone; our engine switches them on everywhere. */
const oneDnn = { TF_ENABLE_ONEDNN_OPTS: '1' };
const asItComes = { TF_ENABLE_ONEDNN_OPTS: undefined };
const eagerName = 'eager tfjs-node';
const rivals: Readonly<Record<string, Measure>> = {
  [eagerName]: () => eager(asItComes),
  'eager tfjs-node, oneDNN on': () => eager(oneDnn),
  'Python tf.function': () => python({ rival: 'Python tf.function', script: 'tf_function_speed.py' }),
  'Python tf.function, oneDNN on': () => python({ rival: 'Python tf.function, oneDNN on', script: 'tf_function_speed.py', env: oneDnn }),
  'PyTorch, channels last': () => python({ rival: 'PyTorch, channels last', script: 'torch_speed.py', environment: '.torch' }),
};

/** The emitted graph beside what else trains on this machine, what a large batch needs, and whether memory grows. */
export async function benchNative(): Promise<BenchRow[]> {
  if (!existsSync(path.join(root, '.native/built.json'))) {
    console.error('The native engine is not built (`npm run build:native`): not measured.');
    return [];
  }
  const large = measure<Training>({ kind: 'training', engine: 'native', ...setting, batch: 64 });
  return [
    ...(await besideRivals(large.flops)),
    { ...alone, name: `training: autoencoder ${setting.size} px, batch 64, native graph`, value: large.imagesPerSecond, unit: 'images/s' },
    { ...alone, name: `peak memory: autoencoder ${setting.size} px, batch 64, native graph`, value: large.peakMegabytes, unit: 'MB' },
    ...(['native', 'wasm'] as const).map(growth),
  ];
}

/** Eager tfjs-node, Python's `tf.function` and PyTorch; and what no implementation could pass, so that its ratio is the most that can be had here. */
async function besideRivals(flops: number): Promise<BenchRow[]> {
  const figures: Readonly<Record<string, readonly number[]>> = await inTurns({
    native: () => measure<Training>({ kind: 'training', engine: 'native', ...setting }).imagesPerSecond,
    ...rivals,
    limit: () => (measure<Limits>({ kind: 'limits', engine: 'native' }).gemm * 1e9) / flops,
  }, rounds);
  const sideOf = (key: string, name = key) => ({ name, figures: figures[key] ?? [] });
  const ours = sideOf('native', `training: autoencoder ${setting.size} px, batch ${setting.batch}, native graph, CPU, ${threads} threads`);
  const limited = { unit: 'images/s', limit: `matMul of TensorFlow, CPU, ${threads} threads` };
  const shareOfLimit = medianOf(figures['native']) / medianOf(figures['limit']);
  return [
    ...Object.keys(rivals).filter((name) => figures[name]?.length === rounds).map((name) => beside(ours, sideOf(name), { ...limited, shareOfLimit })),
    beside(sideOf('limit', 'machine: the same step if all of it ran at the speed of matMul'), sideOf(eagerName), { ...limited, shareOfLimit: 1 }),
  ];
}

function eager(env: NodeJS.ProcessEnv): number {
  return measure<Training>({ kind: 'training', engine: 'eager', ...setting }, env).imagesPerSecond;
}

function python(question: Parameters<typeof askRival>[0]): number | null {
  const said = askRival({ ...question, input: JSON.stringify({ ...setting, threads }) });
  return said === null ? null : (JSON.parse(said) as { imagesPerSecond: number }).imagesPerSecond;
}

function growth(engine: 'native' | 'wasm'): BenchRow {
  const { from, to } = measure<Growth>({ kind: 'growth', engine, size: 64, width: 0.25, batch: 16, steps: 1000 });
  return { ...alone, name: `growth of memory over 1,000 steps: ${engine}, from ${from.toFixed(0)} MB`, value: to - from, unit: 'MB' };
}
