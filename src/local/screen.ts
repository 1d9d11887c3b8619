import type { TrainingStatus } from '../api/status.ts';
import type { ClusterEvent } from '../kube/cluster.ts';
import { durationText } from './duration.ts';
import { renderTable } from './table.ts';

/** Where people read: standard output, or a list of lines in a test. */
export interface Terminal {
  write(text: string): void;
  /** Whether lines can be drawn over. */
  readonly isInteractive: boolean;
  readonly isColoured: boolean;
  /** Characters in a line. */
  readonly columns: () => number;
}

/** Shows a running training: a table redrawn in place on a terminal, else a line for each change. */
export interface Screen {
  show(status: TrainingStatus, now: number): void;
  tell(event: ClusterEvent, now: number): void;
  /** A line that stays. */
  note(line: string, now: number): void;
}

export function openScreen(terminal: Terminal): Screen {
  return terminal.isInteractive ? openTable(terminal) : openLines(terminal);
}

const widest = 100;

function openTable(terminal: Terminal): Screen {
  let drawn = 0;
  return {
    show(status, now) {
      const lines = renderTable(status, { now, columns: Math.min(widest, terminal.columns()), isColoured: terminal.isColoured });
      // Up to the first line of the last drawing, then each line cleared and written anew; what is below goes.
      const up = drawn === 0 ? '' : `\u001B[${drawn}A`;
      terminal.write(`${up}${lines.map((line) => `\u001B[2K${line}\n`).join('')}\u001B[0J`);
      drawn = lines.length;
    },
    tell() {
      // The table shows it.
    },
    note(line) {
      // In the place of the table, which is drawn anew below.
      terminal.write(`${drawn === 0 ? '' : `\u001B[${drawn}A\u001B[0J`}${line}\n`);
      drawn = 0;
    },
  };
}

function openLines(terminal: Terminal): Screen {
  let tenth = 0;
  const write = (text: string, now: number) => terminal.write(`${new Date(now).toISOString().slice(11, 19)} ${text}\n`);
  return {
    show(status, now) {
      if (Math.floor(status.progress * 10) <= tenth) return;
      tenth = Math.floor(status.progress * 10);
      const end = status.estimatedCompletionTime;
      write(`${tenth * 10} % done, ${status.message}${end === undefined ? '' : `; ready in about ${durationText((Date.parse(end) - now) / 1000)}`}`, now);
    },
    tell(event, now) {
      // How the training ended is said once, after the last line.
      if (event.reason !== 'Succeeded' && event.reason !== 'Failed') write(event.message, now);
    },
    note: write,
  };
}
