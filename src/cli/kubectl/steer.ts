import type { Observation } from '../../api/observations.ts';
import type { TrainingSpecInput } from '../../api/schema.ts';
import { isApiFault } from '../../kube/api-fault.ts';
import type { People } from '../../kube/people.ts';
import type { TrainingObject } from '../../kube/training-object.ts';
import { ExitError } from '../../plan/exit-error.ts';

const attempts = 5;

/** Asks a training to stop with its checkpoints saved, or to go on. Says what will happen. */
export async function suspend(people: People, training: TrainingObject, isSuspended: boolean): Promise<string> {
  const { metadata, spec, status } = training;
  const name = `${metadata.namespace}/${metadata.name}`;
  if (isSuspended && status?.completionTime !== undefined) throw new ExitError(1, `Cannot suspend ${name}: it is over.`);
  const money = isSuspended ? null : exhaustion(training);
  if (((spec as TrainingSpecInput).suspend ?? false) === isSuspended) return isSuspended ? `${name} is suspended already.` : money === null ? `${name} is not suspended.` : `${name} is stopped by its budget: ${money}`;
  await people.change(metadata, { spec: { suspend: isSuspended } });
  if (isSuspended) return `${name}: workers save their checkpoints and stop.`;
  return money === null ? `${name} goes on where it was.` : `${name} is asked to go on, and its budget still stops it: ${money}`;
}

/** What its budget says where that would stop it, too. */
function exhaustion({ spec, status }: TrainingObject): string | null {
  const budget = status?.conditions.find(({ type }) => type === 'BudgetExceeded');
  const holds = budget?.status === 'True' || budget?.reason === 'CurrencyDiffers';
  return holds && (spec as TrainingSpecInput).budget?.onExceeded !== 'Warn' ? budget.message : null;
}

/** Asks for observations to be trained once more, and then for the combined model. Somebody else's request at the same time is kept. */
export async function rerun(people: People, training: TrainingObject, wanted: readonly Observation[]): Promise<string> {
  const { namespace, name } = training.metadata;
  let newest: TrainingObject | null = training;
  for (let attempt = 1; newest !== null; attempt += 1) {
    try {
      await people.change(newest.metadata, { spec: { rerun: withOneMore(newest.spec as TrainingSpecInput, wanted) }, resourceVersion: newest.metadata.resourceVersion });
      return `${namespace}/${name}: ${wanted.join(', ')} will be trained again, and then the combined model.`;
    } catch (error) {
      if (!isApiFault(error, 'Conflict') || attempt === attempts) throw error;
      newest = await people.training({ namespace, name });
    }
  }
  throw new ExitError(1, `The training ${namespace}/${name} has been deleted meanwhile.`);
}

function withOneMore({ rerun: asked = [] }: TrainingSpecInput, wanted: readonly Observation[]): object[] {
  const others = asked.filter(({ observation }) => !wanted.includes(observation));
  return [...others, ...wanted.map((observation) => ({ observation, times: (asked.find((entry) => entry.observation === observation)?.times ?? 0) + 1 }))];
}
