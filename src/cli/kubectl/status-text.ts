import type { Condition } from '../../api/status.ts';
import type { TrainingObject } from '../../kube/training-object.ts';
import { renderTable } from '../../local/table.ts';
import { wrap } from './wrap.ts';

const widest = 100;

/** Conditions that a person wants to hear of, and the status at which they matter. */
const tellingStatus: Readonly<Partial<Record<Condition['type'], Condition['status']>>> = { Accepted: 'False', Failed: 'True', Suspended: 'True', ProgressStalled: 'True', BudgetExceeded: 'True', Degraded: 'True', NameConflict: 'True', PriceKnown: 'False' };

/** One training at a glance: a line for all of it, one for each step, and what matters; at most 100 characters wide. */
export function statusText({ metadata, status }: TrainingObject, { now, isColoured }: { readonly now: number; readonly isColoured: boolean }): string[] {
  const title = `${metadata.namespace}/${metadata.name}`;
  if (status === undefined) return [title, '', ...wrap('No operator has looked at it yet. Is it installed? kubectl get pods -A -l app.kubernetes.io/name=chex-operator', widest)];
  const telling = status.conditions.filter(({ type, status: holds }) => tellingStatus[type] === holds);
  // A training that its budget suspends has one sentence for both conditions.
  const told = telling.filter(({ message }, index) => telling.findIndex((other) => other.message === message) === index).map(({ type, message }) => `${type}: ${message}`);
  return [title, ...renderTable(status, { now, columns: widest, rows: Infinity, isColoured }), ...(told.length > 0 ? told : status.completionTime === undefined ? [] : [status.message]).flatMap((line) => wrap(line, widest))];
}
