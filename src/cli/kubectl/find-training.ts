import { closest, distance } from 'fastest-levenshtein';
import type { People } from '../../kube/people.ts';
import type { TrainingObject } from '../../kube/training-object.ts';
import { ExitError } from '../../plan/exit-error.ts';

/** Names told at most. */
const most = 10;

/** The training of this name, or the only one of the namespace where no name is given. Throws ExitError 1 with what there is. */
export async function findTraining(people: People, { namespace, name }: { readonly namespace: string; readonly name: string | undefined }): Promise<TrainingObject> {
  const found = name === undefined ? null : await people.training({ namespace, name });
  if (found !== null) return found;
  const all = await people.trainings(namespace);
  const [only, ...others] = all;
  if (name === undefined && only !== undefined && others.length === 0) return only;
  throw new ExitError(1, missing(namespace, { name, names: all.map(({ metadata }) => metadata.name) }));
}

function missing(namespace: string, { name, names }: { name: string | undefined; names: readonly string[] }): string {
  const there = names.length === 0 ? 'there are no trainings; -n names another namespace' : `there ${names.length === 1 ? 'is' : 'are'} ${names.slice(0, most).join(', ')}${names.length > most ? ` and ${names.length - most} more` : ''}`;
  if (name === undefined) return names.length === 0 ? `In namespace ${namespace} ${there}.` : `Name one of the trainings in namespace ${namespace}: ${there}.`;
  const near = names.length === 0 ? undefined : closest(name, [...names]);
  const hint = near !== undefined && distance(name, near) <= 2 ? `; did you mean ${near}?` : '.';
  return `There is no training "${name}" in namespace ${namespace}: ${there}${hint}`;
}
