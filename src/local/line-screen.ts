import { durationText } from '../api/duration.ts';
import type { StepRecord, TrainingStatus } from '../api/status.ts';
import type { Screen, Terminal } from './screen.ts';
import { stepsOf } from './step-rows.ts';

/** Said by the end of the command, or by the lines that follow from the status. */
const saidElsewhere = ['Started', 'Suspended', 'Succeeded', 'Failed', 'PriceUnknown'];

/** For a file or a pipe: a line with its time for each change, no control characters. */
export function openLineScreen(terminal: Terminal): Screen {
  let tenth = 0;
  const begun = new Map<string, number>();
  let failures: string[] = [];
  const write = (text: string, now: number) => terminal.write(`${new Date(now).toISOString().slice(11, 19)} ${text}\n`);
  return {
    show(status, now) {
      // The cause of an end is told whole at the end.
      if (!isFailed(status)) for (const failure of failures) write(failure, now);
      failures = [];
      for (const { title, record } of stepsOf(status)) {
        if (!isWorking(record) || begun.get(title) === record.run) continue;
        begun.set(title, record.run);
        write(`${title} started${record.run > 1 ? ' again' : ''}`, now);
      }
      const reached = Math.min(9, Math.floor(status.progress * 10));
      if (status.completionTime !== undefined || reached <= tenth) return;
      tenth = reached;
      write(progressLine(status, { tenth, now }), now);
    },
    tell({ reason, message }, now) {
      if (reason === 'StepFailed') failures.push(message);
      else if (!saidElsewhere.includes(reason)) write(message, now);
    },
    note: write,
  };
}

/** Not yet one that may find its step, or shards of it, finished before. */
function isWorking({ state, progress = 0, pods = [] }: StepRecord): boolean {
  return state === 'active' && progress > 0 && !pods.some(({ found }) => found);
}

function progressLine({ stage, estimatedCompletionTime: end }: TrainingStatus, { tenth, now }: { tenth: number; now: number }): string {
  const ready = end === undefined ? '' : `; ready in about ${durationText((Date.parse(end) - now) / 1000)}`;
  return `${tenth * 10} % done, in stage ${stage}${ready}`;
}

function isFailed({ conditions }: TrainingStatus): boolean {
  return conditions.some(({ type, status }) => type === 'Failed' && status === 'True');
}
