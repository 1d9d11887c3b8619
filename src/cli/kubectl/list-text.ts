import type { TrainingSpecInput } from '../../api/schema.ts';
import type { TrainingObject } from '../../kube/training-object.ts';

const widest = 100;

/** A line for each training, at most 100 characters: what does not fit of the message is cut. */
export function listText(trainings: readonly TrainingObject[], { isOfAll }: { readonly isOfAll: boolean }): string[] {
  const rows = trainings.map(({ metadata, spec, status }) => [
    ...(isOfAll ? [metadata.namespace] : []),
    metadata.name,
    status?.stage ?? 'new',
    status?.progressPercent ?? '',
    status?.classes ?? '',
    status?.completionTime === undefined ? (status?.estimatedCompletionTime?.slice(5, 16).replace('T', ' ') ?? '') : '',
    status?.cost?.text ?? 'unknown',
    (spec as TrainingSpecInput).budget?.amount ?? '',
    status?.message ?? 'No operator has seen it yet',
  ]);
  const table = [[...(isOfAll ? ['NAMESPACE'] : []), 'NAME', 'STAGE', 'PROGRESS', 'CLASSES', 'ETA (UTC)', 'COST', 'BUDGET', 'MESSAGE'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length))) ?? [];
  return table.map((row) => cut(row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd()));
}

function cut(line: string): string {
  return line.length <= widest ? line : `${line.slice(0, widest - 1)}…`;
}
