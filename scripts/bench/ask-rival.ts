import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pythonOf } from '../../test/oracles/oracles.ts';

interface Question {
  /** The rival, for people. */
  readonly rival: string;
  /** In test/oracles. */
  readonly script: string;
  readonly words?: readonly string[];
  /** On its standard input. */
  readonly input?: string;
  readonly environment?: Parameters<typeof pythonOf>[0];
  readonly env?: NodeJS.ProcessEnv;
}

/** What a rival's Python prints; null where it is not installed or fails, which a line on stderr then says. */
export function askRival({ rival, script, words = [], input = '', environment = '.oracles', env = {} }: Question): string | null {
  const program = pythonOf(environment);
  if (!existsSync(program)) return notMeasured(rival, `it is not installed (\`npm run build:oracles${environment === '.torch' ? ' -- torch' : ''}\`)`);
  const ended = spawnSync(program, [path.join(import.meta.dirname, '../../test/oracles', script), ...words], {
    input,
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '', ...env },
  });
  if (ended.status === 0) return ended.stdout;
  return notMeasured(rival, ended.stderr?.trimEnd().split('\n').at(-1) || `it ended with ${String(ended.status ?? ended.signal)}`);
}

function notMeasured(rival: string, why: string): null {
  console.error(`${rival} is not measured: ${why}`);
  return null;
}
