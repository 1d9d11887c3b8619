import { randomUUID } from 'node:crypto';
import type { TrainingState } from '../metrics/training-metrics.ts';
import type { ApiFault } from '../kube/api-fault.ts';
import { isApiFault } from '../kube/api-fault.ts';
import type { ApiCluster } from '../kube/client.ts';
import type { TrainingKey } from '../kube/cluster.ts';
import type { PassResult } from '../kube/queue.ts';
import { InvalidTraining } from '../kube/training-object.ts';
import type { Pass } from '../kube/workers.ts';
import type { Settings } from '../plan/plan.ts';
import type { Log } from './log.ts';
import { wordsOf } from './log.ts';
import type { Reconciled } from './reconcile.ts';
import { reconcile } from './reconcile.ts';
import { refuse } from './refuse.ts';

export interface PassOptions {
  readonly cluster: ApiCluster;
  readonly settings: Settings;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
  /** The status as computed. */
  readonly onState: (state: TrainingState) => void;
  readonly observer: PassObserver;
}

/** For metrics. */
export interface PassObserver {
  /** Put off: the caches have not seen the last write. */
  onStalePass(): void;
  /** Failed in a way that no retry cures. */
  onTerminalError(): void;
}

type Ended = Exclude<PassResult, { kind: 'error' }>;

/** The write that a pass waits for usually brings its key back earlier. */
const behindMilliseconds = 1000;
/** A training at rest is looked at so often, should all else fail. */
const resyncMilliseconds = 10 * 3_600_000;

/** A pass over the training of a key, with everything that a queue and people want to know of it. */
export function passOver({ cluster, settings, now, log, onState, observer }: PassOptions): Pass {
  return async (key) => {
    const training = keyOf(key);
    const reconcileId = randomUUID();
    const tell: Log = (level, message, fields) => log(level, message, { namespace: training.namespace, training: training.name, reconcileID: reconcileId, ...fields });
    if (cluster.isBehind(training)) {
      observer.onStalePass();
      tell('debug', 'Waits until the caches have seen the last write');
      return { kind: 'requeue_after', milliseconds: behindMilliseconds };
    }
    try {
      const pass = await reconcile(training, { cluster, settings, now }).catch(async (error: unknown) => {
        if (!(error instanceof InvalidTraining)) throw error;
        observer.onTerminalError();
        const { status, isNew } = await refuse(cluster, error, now());
        if (isNew) tell('error', error.message);
        onState({ training: error.training, status });
        return null;
      });
      if (pass === null) return { kind: 'success' };
      onState({ training: pass.training, status: pass.decision.status });
      tellChanges(pass, tell);
      const { requeueAfterSeconds } = pass.decision;
      return { kind: 'requeue_after', milliseconds: requeueAfterSeconds === null ? resyncMilliseconds : requeueAfterSeconds * 1000 };
    } catch (error) {
      if (isRefusal(error)) cluster.complain(training, { type: 'Warning', reason: 'Refused', message: error.message });
      const ended = endOf(error, tell);
      if (ended === null) throw error;
      return ended;
    }
  };
}

/** Of a training: what stands in the queue. */
export function textOf({ namespace, name }: TrainingKey): string {
  return `${namespace}/${name}`;
}

function keyOf(text: string): TrainingKey {
  const [namespace = '', name = ''] = text.split('/');
  return { namespace, name };
}

/** How a pass ends that failed in a way that is part of life; null for every other failure. */
function endOf(error: unknown, tell: Log): Ended | null {
  // Somebody has written since, or the training has just gone: the next pass sees it.
  if (isApiFault(error, 'Conflict') || isApiFault(error, 'NotFound')) {
    tell('debug', error.message);
    return { kind: 'requeue' };
  }
  // Whoever holds the lease now has the key too.
  if (isApiFault(error, 'Fenced')) {
    tell('info', wordsOf(error));
    return { kind: 'success' };
  }
  return null;
}

/** The API server will not do it at another time either, until somebody changes something. */
function isRefusal(error: unknown): error is ApiFault {
  return isApiFault(error, 'Forbidden') || isApiFault(error, 'Invalid');
}

/** One line for each thing that was done. */
function tellChanges({ decision }: Reconciled, tell: Log): void {
  for (const { metadata } of decision.remove) tell('info', 'Removed the Job', { job: metadata.name });
  for (const { metadata } of decision.create) tell('info', 'Created the Job', { job: metadata.name });
  for (const { type, reason, message } of decision.events) tell(type === 'Warning' ? 'warn' : 'info', message, { reason });
  tell('debug', 'Looked at the training', { wroteStatus: decision.writeStatus, requeueAfterSeconds: decision.requeueAfterSeconds });
}
