import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { BenchRow } from './bench-row.ts';
import type { Training } from './engines.ts';
import { beside, inTurns } from './in-turns.ts';

const rounds = 5;
const films = 16;
const rival = 'one, 1 thread, in the same rounds';

/** What two cores give the wasm engine at 299 px, beside one thread: two trainings side by side, and one on two threads. */
export async function benchWasmThreads(): Promise<BenchRow[]> {
  const measured = await inTurns({
    one: () => speed(1),
    sideBySide: async () => (await Promise.all([speed(1), speed(1)])).reduce((sum, each) => sum + each, 0),
    twoThreads: () => speed(2),
  }, rounds);
  const name = `training: autoencoder 299 px, width 1, wasm, ${String(films)} films a thread`;
  const one = { name: rival, figures: measured.one };
  return [
    beside({ name: `${name}, 1 thread`, figures: measured.one }, null, { unit: 'images/s' }),
    beside({ name: `${name}, two trainings side by side`, figures: measured.sideBySide }, one, { unit: 'images/s' }),
    beside({ name: `${name}, one training on 2 threads`, figures: measured.twoThreads }, one, { unit: 'images/s' }),
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
