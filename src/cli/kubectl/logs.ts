import { isApiFault } from '../../kube/api-fault.ts';
import type { People } from '../../kube/people.ts';
import type { TrainingObject } from '../../kube/training-object.ts';
import { ExitError } from '../../plan/exit-error.ts';
import { labelsOfStep } from './step-labels.ts';

export interface LogsOptions {
  readonly step: string;
  readonly follow: boolean;
  readonly lines?: number;
  /** The Pod before the newest. */
  readonly previous: boolean;
  readonly write: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Writes what the newest Pod of a step has said. Throws ExitError 1 where there is none, and why. */
export async function logs(people: People, { metadata }: TrainingObject, { step, write, previous, ...options }: LogsOptions): Promise<void> {
  const { namespace, name } = metadata;
  const pods = await people.podsOf(metadata, labelsOfStep(step));
  const pod = pods.at(previous ? -2 : -1);
  if (pod === undefined) throw new ExitError(1, `${namespace}/${name} has ${pods.length === 0 ? 'no Pod' : 'one Pod only'} of ${step}${pods.length === 0 ? '; it has not started, or its Job was removed: kubectl chex status tells' : ''}.`);
  try {
    for await (const text of people.log({ namespace, name: pod.metadata.name }, options)) write(text);
  } catch (error) {
    if (options.signal.aborted) return;
    // Its container has not begun: the API server has no log and says so.
    if (isApiFault(error) && error.code === 400) throw new ExitError(1, `The Pod ${pod.metadata.name} has no log yet: it ${pod.status.phase === 'Pending' ? 'waits for a node or its image' : 'is starting'}.`, { cause: error });
    throw error;
  }
}
