/** A whole `chex run` as a process of its own, whose workers are fake-worker.ts: for signals, kills and orphans. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import path from 'node:path';
import { run } from '../../src/cli/run.ts';
import { exitOf } from '../../src/workers/exit.ts';

const stop = new AbortController();
const kill = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => (stop.signal.aborted ? kill : stop).abort());

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const print = (line: string) => void process.stdout.write(`${line}\n`);
const [file = '', parallel] = process.argv.slice(2);
process.exitCode = await run({
  file,
  parallel: parallel === undefined ? undefined : Number(parallel),
  engine: 'wasm',
  machine: {
    cores: 2,
    memoryBytes: 2 ** 34,
    gpus: 0,
    hasNative: false,
    host: hostname(),
    pid: process.pid,
    isAlive,
    version: '0.1.0',
    program: { command: process.execPath, args: [path.join(import.meta.dirname, 'fake-worker.ts')], environment: process.env },
  },
  terminal: { write: (text) => void process.stdout.write(text), isInteractive: false, isColoured: false, columns: () => 100, rows: () => 40 },
  print,
  stop: stop.signal,
  kill: kill.signal,
  now: Date.now,
  uid: randomUUID(),
}).catch((error: Error & { exitCode?: number }) => {
  print(error.message);
  return error.exitCode ?? exitOf(error).code;
});
