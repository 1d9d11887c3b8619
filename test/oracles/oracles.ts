/** Oracles: Python packages in the environment that `npm run build:oracles` makes, run on the scripts of this folder. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';

const folder = import.meta.dirname;
/** The Python of an environment: that of the oracles, or that of PyTorch, which only the bench asks for. */
export const pythonOf = (environment: '.oracles' | '.torch') => path.join(folder, '../..', environment, 'bin/python');
const python = pythonOf('.oracles');

/** Whether the oracles are there; skips the test where they are not, and fails it under CHEX_REQUIRE_ORACLES=1. */
export function pythonOrSkip(t: TestContext): boolean {
  return oracleOrSkip(t, existsSync(python), 'the oracles are not built: run `npm run build:oracles`');
}

/** The same for any other oracle, such as a browser. */
export function oracleOrSkip(t: TestContext, isThere: boolean, missing: string): boolean {
  if (isThere) return true;
  if (process.env['CHEX_REQUIRE_ORACLES'] === '1') throw new Error(`CHEX_REQUIRE_ORACLES=1, but ${missing}`);
  t.skip(missing);
  return false;
}

/** Standard output of a script of this folder, given `input` (text, or bytes) on standard input. Throws with its standard error. */
export function runPython(script: string, input: string | Uint8Array = '', { program = python, env = {} }: { program?: string; env?: NodeJS.ProcessEnv } = {}): string {
  const ended = spawnSync(program, [path.join(folder, script)], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '', ...env },
  });
  if (ended.error !== undefined) throw ended.error;
  if (ended.status !== 0) throw new Error(`${script} ended with ${ended.status ?? ended.signal}: ${ended.stderr}`);
  return ended.stdout;
}
