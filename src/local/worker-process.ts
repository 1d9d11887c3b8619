import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import path from 'node:path';
import { askProgress } from './ask-progress.ts';

/** How workers are started: given by main. */
export interface Program {
  /** The Node binary. */
  readonly command: string;
  /** `src/main.ts`, before the arguments of a container. */
  readonly args: readonly string[];
  /** Environment of this process, which credentials come from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface WorkerOptions {
  readonly program: Program;
  /** For its log, its socket and its last words. */
  readonly folder: string;
  readonly name: string;
  /** Number of the worker in this run: its socket is named by it, because a socket's path has room for 107 bytes. */
  readonly number: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface WorkerExit {
  /** 128 + its number where a signal ended it, as a container runtime says. */
  readonly exitCode: number;
  /** Termination message, else the signal that ended it, else the last words of the log. */
  readonly message: string;
}

/** A child process that does one step. */
export interface WorkerProcess {
  readonly exited: Promise<WorkerExit>;
  /** SIGTERM: it saves and ends with 143. */
  stop(): void;
  kill(): void;
  /** Its newest answer to GET /progress, at once; null before the first. */
  askProgress(): Promise<string | null>;
  /** The end of what it wrote to its standard output and error. */
  readLog(): Promise<string>;
}

/** Characters of a log that are kept. */
const longestLog = 256 * 1024;
/** What most often lies behind a signal that leaves no words in the log. */
const causes: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGKILL: 'perhaps for want of memory',
  SIGBUS: 'perhaps a library is cut short: try `npm run build:native`',
};

/**
 * Starts a worker in a process group of its own, so that Ctrl-C reaches this process alone. Its standard input is a
 * pipe that nobody writes to: it closes when this process dies, however it dies, and CHEX_PARENT=1 tells the worker to
 * stop at once then. Here the disk alone is the limit of its scratch.
 */
export function startWorker(options: WorkerOptions): WorkerProcess {
  const { folder, name, number } = options;
  const files = { log: path.join(folder, `${name}.log`), socket: path.join(folder, String(number)), words: path.join(folder, `${name}.end`) };
  const child = spawnWorker(options, files);
  const exited =
    child instanceof Error
      ? Promise.resolve({ exitCode: 1, message: `Cannot start a worker by ${options.program.command}: ${child.message}` })
      : new Promise<WorkerExit>((resolve) => {
          child.once('error', (cause) => resolve({ exitCode: 1, message: `Cannot start a worker by ${options.program.command}: ${cause.message}` }));
          child.once('exit', (code, signal) => resolve(endOf({ code, signal, files })));
        });
  const signal = (word: NodeJS.Signals) => void (child instanceof Error || child.kill(word));
  return {
    exited,
    stop: () => signal('SIGTERM'),
    kill: () => signal('SIGKILL'),
    askProgress: askProgress(files.socket),
    readLog: () => readEnd(files.log),
  };
}

interface Files {
  readonly log: string;
  readonly socket: string;
  readonly words: string;
}

/** The child, or why there is none: a full disk or too many processes are a failed attempt, not the end of the run. */
function spawnWorker({ program, args, env }: WorkerOptions, files: Files): ChildProcess | Error {
  try {
    const log = openSync(files.log, 'a');
    const child = spawn(program.command, [...program.args, ...args], {
      detached: true,
      stdio: ['pipe', log, log],
      env: { ...program.environment, ...env, CHEX_PROGRESS: files.socket, CHEX_SCRATCH_BYTES: '', CHEX_TERMINATION_LOG: files.words, CHEX_PARENT: '1' },
    });
    closeSync(log);
    // A worker that ends while its pipe is open is no fault.
    child.stdin?.on('error', () => undefined);
    return child;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly files: Files;
}

async function endOf({ code, signal, files }: Ended): Promise<WorkerExit> {
  const exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
  const words = await readFile(files.words, 'utf8').catch(() => '');
  if (words !== '' || exitCode === 0) return { exitCode, message: words };
  const last = await lastWords(files.log);
  return { exitCode, message: signal === null ? last : endedBy(signal, last) };
}

function endedBy(signal: NodeJS.Signals, last: string): string {
  const more = causes[signal] ?? (last === '' ? 'its log is empty' : `its log ends with: ${last}`);
  return `The worker was ended by ${signal}; ${more}`;
}

/** The sentence of the last JSON line, or the last line as it is. */
async function lastWords(log: string): Promise<string> {
  const last = (await readEnd(log)).trimEnd().split('\n').at(-1) ?? '';
  try {
    const line: unknown = JSON.parse(last);
    return typeof line === 'object' && line !== null && 'message' in line ? String(line.message) : last;
  } catch {
    return last;
  }
}

async function readEnd(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.slice(-longestLog);
}
