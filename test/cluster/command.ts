import { spawnSync } from 'node:child_process';

interface CommandOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs a program to its end, its output on standard error. Throws where it is missing or fails. */
export function run(program: string, args: readonly string[], { cwd, env, input }: CommandOptions = {}): void {
  const { status, signal, error } = spawnSync(program, args, { cwd, input, env: { ...process.env, ...env }, stdio: [input === undefined ? 'ignore' : 'pipe', 2, 2] });
  if (error !== undefined) throw new Error(`Cannot start ${program}: ${error.message}`, { cause: error });
  if (status !== 0) throw new Error(`\`${[program, ...args].join(' ')}\` ended with ${signal ?? `exit code ${status}`}. What it printed is above`);
}

/** What a program prints, or null where it is missing or fails. */
export function output(program: string, args: readonly string[]): string | null {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? stdout : null;
}
