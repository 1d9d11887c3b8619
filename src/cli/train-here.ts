import type { TrainingStatus } from '../api/status.ts';
import type { ChexTraining } from '../api/training.ts';
import { readEarlierStatus } from '../local/earlier-status.ts';
import { LocalCluster } from '../local/local-cluster.ts';
import { retryUnavailable } from '../local/retry-unavailable.ts';
import { runTraining } from '../local/run-training.ts';
import type { Screen } from '../local/screen.ts';
import type { WorkerFailure } from '../local/worker-failure.ts';
import { startWorker } from '../local/worker-process.ts';
import type { Layout } from '../plan/layout.ts';
import type { Settings } from '../plan/plan.ts';
import type { Storage } from '../storage/storage.ts';
import type { Machine } from './machine.ts';
import type { HeldLock } from './with-lock.ts';

export interface TrainHere extends HeldLock {
  readonly training: ChexTraining;
  readonly settings: Settings;
  readonly machine: Machine;
  readonly storage: Storage;
  readonly paths: Layout;
  /** For sockets and logs of the workers. */
  readonly folder: string;
  readonly screen: Screen;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  readonly now: () => number;
}

export interface Trained {
  readonly status: TrainingStatus;
  readonly failures: readonly WorkerFailure[];
  /** Whether a worker was killed before it had saved. */
  readonly hasLostWork: boolean;
}

/** Runs a training by workers of this machine until it is over or stopped; the logs of workers that failed are kept beside its files. */
export async function trainHere({ training, settings, machine, storage, paths, lock, takenOver, folder, screen, stop, now, ...options }: TrainHere): Promise<Trained> {
  const kill = AbortSignal.any([options.kill, takenOver]);
  const earlier = await readEarlierStatus(storage, paths.status);
  const onWait = ({ message }: Error) => screen.note(`${message}. The run waits for it, at most five minutes.`, now());
  /** Behind the fence. Throws LockLostError. */
  const writeStatus = async (status: TrainingStatus) => {
    await lock.check();
    await storage.write(paths.status, new TextEncoder().encode(`${JSON.stringify(status, null, 2)}\n`), { contentType: 'application/json' });
  };
  const cluster = new LocalCluster({
    training: { ...training, ...(earlier === undefined ? {} : { status: earlier }) },
    launch: (worker) => startWorker({ program: machine.program, folder, ...worker }),
    saveStatus: (status) => retryUnavailable(() => writeStatus(status), { signal: AbortSignal.any([stop, kill]), onWait, now }),
    onEvent: (event) => screen.tell(event, now()),
    onWarning: (line) => screen.note(line, now()),
    now,
  });
  try {
    const status = await runTraining({ cluster, key: training.metadata, settings, now, stop, kill, onStatus: (computed) => screen.show(computed, now()) });
    const failures = await cluster.failures();
    for (const { pod, log } of failures) {
      // What failed is told in any case, above all where the disk that takes no log is the cause.
      if (log !== '') await storage.write(paths.workerLog(pod), new TextEncoder().encode(log)).catch((error: unknown) => screen.note(`A failed worker's log is not kept: ${error instanceof Error ? error.message : String(error)}`, now()));
    }
    return { status, failures, hasLostWork: cluster.hasLostWork };
  } finally {
    await cluster.close();
  }
}
