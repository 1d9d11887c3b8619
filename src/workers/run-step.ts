/**
 * workers/ does one step each: a recipe reads what its Step names and writes what it names. They meet the operator
 * only through plan/step.ts and have no rights in a cluster. This file gives a recipe its tools and ends it rightly.
 */
import type { Progress } from '../api/progress.ts';
import type { Engine } from '../engines/engine.ts';
import { layout } from '../plan/layout.ts';
import type { Answer, StepResult } from '../plan/result.ts';
import type { AutoencodersStep, CombinedStep, Step } from '../plan/step.ts';
import { openStorage } from '../storage/open.ts';
import type { RunLock } from '../storage/lock.ts';
import { takeLock } from '../storage/lock.ts';
import type { Scratch } from '../storage/scratch.ts';
import { openScratch } from '../storage/scratch.ts';
import type { Storage } from '../storage/storage.ts';
import { backboneDigestOf } from './backbone-digest.ts';
import { startForecast } from './forecast.ts';
import { progressLog } from './progress-log.ts';
import { findFinished, finish } from './resume.ts';
import type { Tools } from './tools.ts';

/** What a worker process is, apart from its step: given by main. */
export interface Worker {
  /** Fail rather than train on the CPU. */
  readonly requireGpu: boolean;
  /** Index of the shard for preprocess (JOB_COMPLETION_INDEX), else 0. */
  readonly index: number;
  readonly host: string;
  readonly pid: number;
  readonly isAlive: (pid: number) => boolean;
  /** Most that it may write to its temporary folder; Infinity where the disk alone is the limit. */
  readonly scratchBytes: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly log: Tools['log'];
  readonly onProgress: (progress: Progress) => void;
  /** Sets variables of this process before TensorFlow is loaded and reads them. */
  readonly setEnvironment: (variables: Readonly<Record<string, string>>) => void;
}

const heartbeatSeconds = 60;

/**
 * Runs a step to its end and returns its result, found in done.json at once when it was finished before; null when it
 * is one shard of several and others are still to come.
 */
export async function runStep(step: Step, worker: Worker): Promise<Answer> {
  const storage = openStorage(step.storage);
  const owner = { uid: step.training.uid, host: worker.host, pid: worker.pid };
  const lock = await takeLock({ storage, uri: layout(step.root).lock, owner, now: worker.now, isAlive: worker.isAlive });
  const heartbeat = setInterval(() => void lock.refresh().catch((cause: unknown) => worker.log(`Cannot refresh the lock: ${String(cause)}`, { warning: true })), heartbeatSeconds * 1000);
  const scratch = await openScratch({ ...worker, limitBytes: worker.scratchBytes });
  try {
    return await finishStep(step, worker, toolsOf({ storage, lock, scratch, worker }));
  } finally {
    clearInterval(heartbeat);
    await scratch.remove();
  }
}

function toolsOf({ storage, lock, scratch, worker }: { storage: Storage; lock: RunLock; scratch: Scratch; worker: Worker }): Tools {
  const forecast = startForecast(worker.now);
  const tell = progressLog(worker.log);
  return {
    storage,
    scratch,
    log: worker.log,
    signal: worker.signal,
    now: worker.now,
    report: (progress) => {
      tell(progress);
      const remainingSeconds = progress.remainingSeconds ?? forecast(progress.ratio);
      worker.onProgress({ ...progress, ...(remainingSeconds === null ? {} : { remainingSeconds }), updatedAt: worker.now() });
    },
    fence: () => lock.check(),
  };
}

async function finishStep(step: Step, worker: Worker, tools: Tools): Promise<Answer> {
  const found = await factsOf(step, tools);
  const finished = await findFinished(step, tools.storage, found);
  if (finished !== null) {
    tools.log('Finished before: nothing is done twice', { run: step.run });
    return { result: finished, found: true };
  }
  const result = await runRecipe(step, worker, tools);
  if (result !== null) {
    await tools.fence();
    await finish(step, tools.storage, { result, found });
    tools.log('Done', { stage: step.stage, run: step.run, ...('epochs' in result ? { epochs: result.epochs, loss: result.loss } : {}) });
  }
  return { result, found: false };
}

/** What belongs to the identity of a step but only reading can tell. */
async function factsOf(step: Step, tools: Tools): Promise<Record<string, string>> {
  if (step.stage === 'catalog') return { dataDigest: await (await import('./catalog.ts')).dataDigestOf({ step, tools }) };
  const backboneDigest = step.stage === 'combined' ? await backboneDigestOf(step, tools) : null;
  return backboneDigest === null ? {} : { backboneDigest };
}

async function runRecipe(step: Step, worker: Worker, tools: Tools): Promise<StepResult | null> {
  switch (step.stage) {
    case 'catalog':
      return (await import('./catalog.ts')).runCatalog({ step, tools });
    case 'preprocess':
      return (await import('./preprocess.ts')).runPreprocess({ step, index: worker.index, tools });
    case 'autoencoders':
      return (await import('./autoencoders.ts')).runAutoencoder({ step, tools, engine: await openEngineOf(step, { worker, tools }) });
    case 'combined':
      return (await import('./combined.ts')).runCombined({ step, tools, engine: await openEngineOf(step, { worker, tools }) });
  }
}

async function openEngineOf(step: AutoencodersStep | CombinedStep, { worker, tools }: { worker: Worker; tools: Tools }): Promise<Engine> {
  const [{ openEngine }, { nativeEnvironment }] = await Promise.all([import('../engines/open.ts'), import('../engines/native.ts')]);
  worker.setEnvironment(nativeEnvironment(step.threads));
  const engine = await openEngine({ engine: step.engine, threads: step.threads, requireGpu: worker.requireGpu });
  tools.log('Engine', { engine: engine.name, device: engine.device });
  if (engine.note !== undefined) tools.log(`The engine is ${engine.name}: ${engine.note}`, { warning: true });
  return engine;
}
