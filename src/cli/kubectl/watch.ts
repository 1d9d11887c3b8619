import { setTimeout as delay } from 'node:timers/promises';
import type { People } from '../../kube/people.ts';
import type { TrainingObject } from '../../kube/training-object.ts';
import type { Screen } from '../../local/screen.ts';
import { eventsBetween } from '../../plan/events.ts';

export interface WatchOptions {
  readonly screen: Screen;
  readonly print: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly pauseMilliseconds?: number;
}

/** Shows a training until it is over. The exit code: 0 it succeeded, 1 it failed or is gone, 143 the watching was ended. */
export async function watch(people: People, first: TrainingObject, { screen, print, now, signal, pauseMilliseconds = 2000 }: WatchOptions): Promise<number> {
  const { namespace, name, uid } = first.metadata;
  let shown: TrainingObject['status'];
  for (;;) {
    const training = await people.training({ namespace, name });
    if (training === null || training.metadata.uid !== uid) {
      screen.note(`The training ${namespace}/${name} has been deleted.`, now());
      return 1;
    }
    const { status } = training;
    if (status !== undefined && status.updateTime !== shown?.updateTime) {
      for (const event of eventsBetween(shown ?? null, status)) screen.tell(event, now());
      screen.show(status, now());
      shown = status;
    }
    if (status?.completionTime !== undefined) {
      print(status.message);
      return status.conditions.some(({ type, status: holds }) => type === 'Succeeded' && holds === 'True') ? 0 : 1;
    }
    await delay(pauseMilliseconds, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return 143;
  }
}
