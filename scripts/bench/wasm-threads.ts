import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { medianOf } from './bench-row.ts';
import type { BenchRow } from './bench-row.ts';
import type { Training } from './engines.ts';

const rounds = 5;
const films = 16;
const rival = 'one, 1 thread, in the same rounds';

/**
 * What two cores give the wasm engine at 299 px, beside one thread: two trainings side by side, and one on two threads.
 * In rounds, each measuring all three in turn, for other work on the machine comes and goes; the median of each, and of the ratios.
 */
export async function benchWasmThreads(): Promise<BenchRow[]> {
  const measured: { one: number; sideBySide: number; twoThreads: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const one = await speed(1);
    const sideBySide = (await Promise.all([speed(1), speed(1)])).reduce((sum, each) => sum + each, 0);
    measured.push({ one, sideBySide, twoThreads: await speed(2) });
  }
  const what = `autoencoder 299 px, width 1, wasm, ${String(films)} films a thread`;
  const beside = (name: string, of: 'sideBySide' | 'twoThreads'): BenchRow => ({
    ...{ name: `training: ${what}, ${name}`, unit: 'images/s', value: medianOf(measured.map((round) => round[of])), shareOfLimit: null },
    ...{ rival, rivalValue: medianOf(measured.map(({ one }) => one)), ratio: medianOf(measured.map((round) => round[of] / round.one)) },
  });
  return [
    { name: `training: ${what}, 1 thread`, unit: 'images/s', value: medianOf(measured.map(({ one }) => one)), rival: null, rivalValue: null, ratio: null, shareOfLimit: null },
    beside('two trainings side by side', 'sideBySide'),
    beside('one training on 2 threads', 'twoThreads'),
  ];
}

/** Images a second of a training of its own process. */
async function speed(threads: number): Promise<number> {
  const job = { kind: 'training', engine: 'wasm', threads, size: 299, width: 1, batch: films * threads, seconds: 10 };
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'engines-child.ts'), JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [answer, [code]] = await Promise.all([text(child.stdout), once(child, 'close') as Promise<[number | null]>]);
  if (code !== 0) throw new Error(`Cannot measure ${JSON.stringify(job)}: exit code ${String(code)}`);
  return (JSON.parse(answer) as Training).imagesPerSecond;
}
