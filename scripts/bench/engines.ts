import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { nativeEnvironment } from '../../src/engines/native.ts';
import { alone } from './bench-row.ts';
import type { BenchRow } from './bench-row.ts';
import { benchWasmThreads } from './wasm-threads.ts';

const root = path.join(import.meta.dirname, '../..');
/** Of wasm, wasm-threads.ts measures more. */
const threads = { native: 2, eager: 2, wasm: 1 } as const;
const settings = [
  { size: 64, width: 0.25, batch: 16, seconds: 4 },
  { size: 64, width: 1, batch: 16, seconds: 4 },
  { size: 299, width: 1, batch: 4, seconds: 8 },
] as const;

/** Training of the autoencoder on each engine, as a share of what this machine multiplies in native's matMul on two threads, or wasm's on one where native is not built. */
export async function benchEngines(): Promise<BenchRow[]> {
  const engines = existsSync(path.join(root, '.native/built.json')) ? (['wasm', 'native'] as const) : (['wasm'] as const);
  const limits = measure<Limits>({ kind: 'limits', engine: engines.at(-1) ?? 'wasm' });
  const limit = `matMul of ${limits.device}`;
  const rows: BenchRow[] = [
    { ...alone, name: `machine: ${limit}`, unit: 'GFLOP/s', value: limits.gemm },
    { ...alone, name: 'machine: memory copy, read + write', unit: 'GB/s', value: limits.copy },
  ];
  for (const engine of engines) {
    for (const setting of settings) {
      const { imagesPerSecond, flops, peakMegabytes, device } = measure<Training>({ kind: 'training', engine, ...setting });
      const what = `autoencoder ${String(setting.size)} px, width ${String(setting.width)}, batch ${String(setting.batch)}, ${device}`;
      rows.push({ ...alone, name: `training: ${what}`, unit: 'images/s', value: imagesPerSecond, shareOfLimit: (imagesPerSecond * flops) / 1e9 / limits.gemm, limit });
      rows.push({ ...alone, name: `peak memory: ${what}`, unit: 'MB', value: peakMegabytes });
    }
  }
  return [...rows, ...(await benchWasmThreads())];
}

export interface Limits {
  readonly device: string;
  /** GFLOP/s. */
  readonly gemm: number;
  /** GB/s. */
  readonly copy: number;
}

export interface Growth {
  readonly device: string;
  /** Resident MB. */
  readonly from: number;
  readonly to: number;
}

export interface Training {
  readonly device: string;
  readonly imagesPerSecond: number;
  /** Of one image's forward and backward pass. */
  readonly flops: number;
  readonly peakMegabytes: number;
}

/** In a process of its own, for its peak of memory and because TensorFlow reads its number of threads once. */
export function measure<Answer>(job: { readonly engine: 'wasm' | 'native' | 'eager' } & Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv = {}): Answer {
  const ended = spawnSync(process.execPath, ['--expose-gc', path.join(import.meta.dirname, 'engines-child.ts'), JSON.stringify({ ...job, threads: threads[job.engine] })], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...nativeEnvironment(threads.native), ...env },
  });
  if (ended.status !== 0) throw new Error(`Cannot measure ${JSON.stringify(job)}: ${ended.stderr}`);
  return JSON.parse(ended.stdout) as Answer;
}
