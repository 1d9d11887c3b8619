import type { Progress } from '../api/progress.ts';
import type { Address, ProgressServer } from '../metrics/progress-server.ts';
import { AddressError, serveProgress } from '../metrics/progress-server.ts';
import { renderAnswer } from '../plan/result.ts';
import { exitCodes } from '../plan/exit-error.ts';
import type { Exit } from './exit.ts';
import { exitOf } from './exit.ts';
import { parseStep } from './parse-step.ts';
import type { Worker } from './run-step.ts';
import { runStep } from './run-step.ts';

export interface Work {
  /** CHEX_STEP. */
  readonly step: string | undefined;
  /** Where to answer for progress; null = nowhere. */
  readonly address: Address | null;
  readonly worker: Omit<Worker, 'onProgress'>;
}

/**
 * `chex step`: one step from its message to its exit code and last words (the result as JSON, or what went wrong and
 * what to do). Never rejects.
 */
export async function work({ step: text, address, worker }: Work): Promise<Exit> {
  let last: Progress | null = null;
  try {
    const step = parseStep(text);
    const server = address === null ? null : await serve(address, () => last, worker.log);
    try {
      const answer = await runStep(step, { ...worker, onProgress: (progress) => (last = progress) });
      return { code: exitCodes.done, message: renderAnswer(answer) };
    } finally {
      await server?.close();
    }
  } catch (error) {
    const exit = exitOf(error);
    // A sentence is enough for a fault that has one; the rest needs its stack.
    worker.log(exit.message, { exitCode: exit.code, ...(exit.code === 1 && error instanceof Error ? { stack: error.stack } : {}) });
    return exit;
  }
}

/** A port that cannot be had is a matter of configuration; without its local socket a step goes on, its progress unknown. */
async function serve(address: Address, read: () => Progress | null, log: Worker['log']): Promise<ProgressServer | null> {
  try {
    return await serveProgress(address, read);
  } catch (error) {
    if (!(error instanceof AddressError) || 'port' in address) throw error;
    log(error.message, { warning: true });
    return null;
  }
}
