import { existsSync } from 'node:fs';
import path from 'node:path';
import { pythonOf, runPython } from '../../test/oracles/oracles.ts';
import { alone, medianOf } from './bench-row.ts';
import type { BenchRow } from './bench-row.ts';
import { measure } from './engines.ts';
import type { Growth, Limits, Training } from './engines.ts';

const root = path.join(import.meta.dirname, '../..');
const threads = 2;
const rounds = 3;
const setting = { size: 299, width: 1, batch: 16, seconds: 8 };

/** TensorFlow's fast kernels: as it comes they are on with AVX-512 alone; our engine switches them on everywhere. */
const oneDnn = { TF_ENABLE_ONEDNN_OPTS: '1' };
const asItComes = { TF_ENABLE_ONEDNN_OPTS: undefined };
const eager = { name: 'eager tfjs-node', rate: () => measure<Training>({ kind: 'training', engine: 'eager', ...setting }, asItComes).imagesPerSecond };
const python = (script: string, environment: Parameters<typeof pythonOf>[0], env: NodeJS.ProcessEnv = {}) => () =>
  (JSON.parse(runPython(script, JSON.stringify({ ...setting, threads }), { program: pythonOf(environment), env })) as { imagesPerSecond: number }).imagesPerSecond;
const rivalsOf = (has: (environment: '.oracles' | '.torch') => boolean) => [
  eager,
  { name: 'eager tfjs-node, oneDNN on', rate: () => measure<Training>({ kind: 'training', engine: 'eager', ...setting }, oneDnn).imagesPerSecond },
  ...(has('.oracles') ? [{ name: 'Python tf.function', rate: python('tf_function_speed.py', '.oracles') }, { name: 'Python tf.function, oneDNN on', rate: python('tf_function_speed.py', '.oracles', oneDnn) }] : []),
  ...(has('.torch') ? [{ name: 'PyTorch, channels last', rate: python('torch_speed.py', '.torch') }] : []),
];

/** The emitted graph beside what else trains on this machine: eager tfjs-node, Python's `tf.function` and PyTorch, by turns. */
export function benchNative(): Promise<BenchRow[]> {
  if (!existsSync(path.join(root, '.native/built.json'))) {
    console.error('The native engine is not built (`npm run build:native`): not measured.');
    return Promise.resolve([]);
  }
  const rivals = rivalsOf((environment) => {
    const isThere = existsSync(pythonOf(environment));
    if (!isThere) console.error(environment === '.torch' ? 'PyTorch is not there (`npm run build:oracles -- torch`): not measured.' : 'The oracles are not built (`npm run build:oracles`): tf.function is not measured.');
    return isThere;
  });
  const rates = new Map<string, number[]>();
  const count = (name: string, rate: number) => rates.set(name, [...(rates.get(name) ?? []), rate]);
  const limits: number[] = [];
  let flops = 0;
  for (let round = 0; round < rounds; round += 1) {
    const training = measure<Training>({ kind: 'training', engine: 'native', ...setting });
    count('native', training.imagesPerSecond);
    flops = training.flops;
    for (const { name, rate } of rivals) count(name, rate());
    limits.push(measure<Limits>({ kind: 'limits', engine: 'native' }).gemm);
  }
  const [native, limit] = [medianOf(rates.get('native')), medianOf(limits)];
  const what = `training: autoencoder ${setting.size} px, batch ${setting.batch}, native graph, CPU, ${threads} threads`;
  const shareOfLimit = (native * flops) / 1e9 / limit;
  const rows: BenchRow[] = rivals.map(({ name }) => beside({ name: what, value: native, unit: 'images/s', rival: name, rivalValue: medianOf(rates.get(name)), shareOfLimit }));
  // What no implementation could pass, beside what eager reaches: the ratio is the most that can be had here.
  rows.push(beside({ name: 'machine: the same step if all of it ran at the speed of matMul', value: (limit * 1e9) / flops, unit: 'images/s', rival: eager.name, rivalValue: medianOf(rates.get(eager.name)), shareOfLimit: 1 }));
  const large = measure<Training>({ kind: 'training', engine: 'native', ...setting, batch: 64 });
  rows.push({ ...alone, name: `training: autoencoder ${setting.size} px, batch 64, native graph`, value: large.imagesPerSecond, unit: 'images/s' });
  rows.push({ ...alone, name: `peak memory: autoencoder ${setting.size} px, batch 64, native graph`, value: large.peakMegabytes, unit: 'MB' });
  for (const engine of ['native', 'wasm'] as const) {
    const { from, to } = measure<Growth>({ kind: 'growth', engine, size: 64, width: 0.25, batch: 16, steps: 1000 });
    rows.push({ ...alone, name: `growth of memory over 1,000 steps: ${engine}, from ${from.toFixed(0)} MB`, value: to - from, unit: 'MB' });
  }
  return Promise.resolve(rows);
}

function beside({ value, rivalValue, ...rest }: { name: string; value: number; unit: string; rival: string; rivalValue: number; shareOfLimit: number }): BenchRow {
  return { ...rest, value, rivalValue, ratio: value / rivalValue };
}
