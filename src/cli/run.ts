import type { TrainingStatus } from '../api/status.ts';
import type { ChexTraining } from '../api/training.ts';
import { readEarlierStatus } from '../local/earlier-status.ts';
import { LocalCluster } from '../local/local-cluster.ts';
import { retryUnavailable } from '../local/retry-unavailable.ts';
import { runTraining } from '../local/run-training.ts';
import type { Terminal } from '../local/screen.ts';
import { openScreen } from '../local/screen.ts';
import type { Program } from '../local/worker-process.ts';
import { startWorker } from '../local/worker-process.ts';
import type { Layout } from '../plan/layout.ts';
import { layout, rootOf } from '../plan/layout.ts';
import type { Settings } from '../plan/plan.ts';
import { ExitError, exitCodes } from '../plan/step.ts';
import type { RunLock } from '../storage/lock.ts';
import { LockLostError, takeLock } from '../storage/lock.ts';
import { openStorage } from '../storage/open.ts';
import { openScratch } from '../storage/scratch.ts';
import type { Storage } from '../storage/storage.ts';
import type { RunEnd } from './run-end.ts';
import { endOf } from './run-end.ts';
import { notesOn } from './run-notes.ts';
import { readTraining } from './training-file.ts';

/** This machine and this process, as main knows them. */
export interface Machine {
  readonly cores: number;
  /** GPUs that the native engine can use. */
  readonly gpus: number;
  /** Whether the native engine is built. */
  readonly hasNative: boolean;
  readonly host: string;
  readonly pid: number;
  readonly isAlive: (pid: number) => boolean;
  readonly version: string;
  readonly program: Program;
}

export interface RunOptions {
  readonly file: string;
  /** Autoencoders at a time; absent: autoencoders.maxParallel, else one per GPU, else 1. */
  readonly parallel?: number | undefined;
  readonly engine: Settings['engine'];
  readonly machine: Machine;
  readonly terminal: Terminal;
  /** A line for people, beside the table. */
  readonly print: (line: string) => void;
  /** Aborted by the first SIGINT or SIGTERM: save and stop. */
  readonly stop: AbortSignal;
  /** Aborted by the second: stop at once. */
  readonly kill: AbortSignal;
  readonly now: () => number;
  /** Identity of this run: whoever holds the lock under another is a foreign run. */
  readonly uid: string;
}

/**
 * `chex run`: the whole training on this machine. Resolves to the exit code: 0 only if the report was written, that of
 * the worker that failed where it is final (65, 66, 78), 143 when it was interrupted and saved, 137 when work was lost by
 * that, else 1.
 */
export async function run(options: RunOptions): Promise<number> {
  const training = await readLocalTraining(options);
  const { print } = options;
  if (training.spec.suspend) {
    throw new ExitError(exitCodes.configuration, `Cannot run ${training.metadata.name}: spec.suspend is true; set it to false, or leave it out, to run the training`);
  }
  if (options.engine === 'native' && !options.machine.hasNative) {
    throw new ExitError(exitCodes.configuration, 'Cannot use the native engine: it is not built. `npm run build:native` builds it; --engine wasm needs nothing');
  }
  for (const note of notesOn(training.spec)) print(note);
  const storage = openStorage(training.spec.storage);
  const paths = layout(rootOf(training.spec.output.uri, training.metadata));
  return runWithLock({ options, training, storage, paths });
}

interface Running {
  readonly options: RunOptions;
  readonly training: ChexTraining;
  readonly storage: Storage;
  readonly paths: Layout;
}

async function runWithLock(running: Running): Promise<number> {
  const { options, storage, paths } = running;
  const { print, machine, now, uid } = options;
  const { host, pid, isAlive } = machine;
  const lock = await takeLock({ storage, uri: paths.lock, owner: { uid, host, pid }, now, isAlive });
  const takenOver = new AbortController();
  const heartbeat = keepLock({ lock, takenOver, print });
  try {
    return await runWithScratch({ ...running, lock, takenOver: takenOver.signal });
  } finally {
    clearInterval(heartbeat);
    // A lock that is not ours any more stays with its new owner.
    await lock.release().catch((cause: unknown) => print(`Cannot release the lock: ${String(cause)}`));
  }
}

interface WithLock extends Running {
  readonly lock: RunLock;
  readonly takenOver: AbortSignal;
}

async function runWithScratch(running: WithLock): Promise<number> {
  const { options, storage, paths, lock, takenOver } = running;
  const scratch = await openScratch(options.machine);
  try {
    const end = await runLocked({ ...running, folder: scratch.folder });
    if (takenOver.aborted) await lock.check();
    return await endOf({ ...end, paths, storage, print: options.print });
  } finally {
    await scratch.remove();
  }
}

async function readLocalTraining({ file, parallel, uid }: RunOptions): Promise<ChexTraining> {
  const { metadata, spec } = await readTraining(file);
  if (parallel !== undefined && !(Number.isInteger(parallel) && parallel >= 1)) throw new ExitError(exitCodes.usage, `Cannot run ${parallel} autoencoders at a time: --parallel must be a whole number from 1`);
  const autoencoders = parallel === undefined ? spec.autoencoders : { ...spec.autoencoders, maxParallel: parallel };
  return { metadata: { ...metadata, uid, generation: 1 }, spec: { ...spec, autoencoders } };
}

const heartbeatSeconds = 60;

interface KeptLock {
  readonly lock: RunLock;
  readonly takenOver: AbortController;
  readonly print: RunOptions['print'];
}

/** Signs of life; the first of several that fail is told. */
function keepLock({ lock, takenOver, print }: KeptLock): NodeJS.Timeout {
  let isTold = false;
  const refresh = async () => {
    try {
      await lock.refresh();
      isTold = false;
    } catch (error) {
      if (error instanceof LockLostError) takenOver.abort();
      else if (!isTold) print(`Cannot refresh the lock: ${error instanceof Error ? error.message : String(error)}`);
      isTold = true;
    }
  };
  return setInterval(() => void refresh(), heartbeatSeconds * 1000);
}

interface Locked extends WithLock {
  /** For sockets and logs of the workers. */
  readonly folder: string;
}

async function runLocked({ options, training, storage, paths, lock, folder, takenOver }: Locked): Promise<Pick<RunEnd, 'status' | 'logs' | 'hasLostWork'>> {
  const { machine, terminal, now, stop } = options;
  const kill = AbortSignal.any([options.kill, takenOver]);
  const earlier = await readEarlierStatus(storage, paths.status);
  const screen = openScreen(terminal);
  const onWait = ({ message }: Error) => screen.note(`${message}. The run waits for it, at most five minutes.`, now());
  const cluster = new LocalCluster({
    training: { ...training, ...(earlier === undefined ? {} : { status: earlier }) },
    launch: (worker) => startWorker({ program: machine.program, folder, ...worker }),
    saveStatus: (status) => retryUnavailable(() => writeStatus({ status, lock, storage, paths }), { signal: AbortSignal.any([stop, kill]), onWait, now }),
    onEvent: (event) => screen.tell(event, now()),
    onWarning: (line) => screen.note(line, now()),
    now,
  });
  try {
    const status = await runTraining({
      cluster,
      key: training.metadata,
      settings: settingsOf(training, options),
      now,
      stop,
      kill,
      onStatus: (computed) => screen.show(computed, now()),
    });
    return { status, logs: await cluster.failureLogs(), hasLostWork: cluster.hasLostWork };
  } finally {
    await cluster.close();
  }
}

/** Behind the fence. Throws LockLostError. */
async function writeStatus({ status, lock, storage, paths }: Pick<WithLock, 'lock' | 'storage' | 'paths'> & { status: TrainingStatus }): Promise<void> {
  await lock.check();
  await storage.write(paths.status, new TextEncoder().encode(`${JSON.stringify(status, null, 2)}\n`), { contentType: 'application/json' });
}

/** What this machine can do: native shares the cores among the autoencoders, wasm uses one each. */
function settingsOf(training: ChexTraining, { machine, engine }: RunOptions): Settings {
  const maxParallel = training.spec.autoencoders.maxParallel ?? Math.max(1, machine.gpus);
  const isNative = engine === 'native' || (engine === 'auto' && machine.hasNative);
  return {
    workerImage: 'this machine',
    operatorVersion: machine.version,
    engine,
    threads: isNative ? { autoencoders: Math.max(1, Math.floor(machine.cores / maxParallel)), combined: machine.cores } : { autoencoders: 1, combined: 1 },
    maxParallel,
    // Each worker decodes on all cores by itself; a second one fills the gaps while the first starts and ends.
    preprocessParallelism: 2,
  };
}
