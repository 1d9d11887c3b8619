import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { folder } from './layout.ts';
import { inNetwork } from './network.ts';

const records = path.join(folder, 'processes');
const logs = path.join(folder, 'logs');

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** On this machine's own network instead of the cluster's. */
  readonly isOutside?: boolean;
}

/** Starts a program that outlives this one; its output is in logs/, its PID in processes/. */
export function startProcess(name: string, [program, ...args]: readonly [string, ...string[]], { env, isOutside = false }: ProcessOptions = {}): void {
  mkdirSync(records, { recursive: true });
  mkdirSync(logs, { recursive: true });
  const log = openSync(path.join(logs, `${name}.log`), 'a');
  const [command, all] = isOutside ? [program, args] : inNetwork(program, args);
  const child = spawn(command, all, { cwd: folder, detached: true, stdio: ['ignore', log, log], env: { ...process.env, ...env } });
  closeSync(log);
  child.on('error', (error) => console.error(`Cannot start ${name}: ${error.message}`));
  child.unref();
  if (child.pid !== undefined) writeFileSync(path.join(records, name), JSON.stringify({ pid: child.pid, startedAt: startTime(child.pid) }));
}

/** The last lines of a process's log, to say why it did not start. */
export function lastWords(name: string): string {
  return readFileSync(path.join(logs, `${name}.log`), 'utf8').trimEnd().split('\n').slice(-5).join('\n');
}

/** Names of the recorded processes, the last started first. */
export function recordedProcesses(): readonly string[] {
  const startedAt = (name: string) => statSync(path.join(records, name)).mtimeMs;
  return readdirSync(records, { encoding: 'utf8' }).sort((a, b) => startedAt(b) - startedAt(a));
}

/** Asks it to end, then makes it. Another process that has got its PID since is left alone. */
export async function endProcess(name: string): Promise<void> {
  const file = path.join(records, name);
  const { pid, startedAt } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; startedAt: string };
  const isAlive = () => startedAt !== null && startTime(pid) === startedAt;
  if (isAlive()) process.kill(pid, 'SIGTERM');
  for (let waited = 0; isAlive() && waited < 10_000; waited += 50) await delay(50);
  if (isAlive()) process.kill(pid, 'SIGKILL');
  rmSync(file);
}

/** Ticks from the machine's start to the process's, or null where there is none: with the PID, its identity. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : (fields[18] ?? null);
  } catch {
    return null;
  }
}
