import type { TrainingStatus } from '../api/status.ts';
import type { ClusterEvent } from '../kube/cluster.ts';
import { openLineScreen } from './line-screen.ts';
import { openTableScreen } from './table-screen.ts';

/** Where people read: standard output, or one that a test reads. */
export interface Terminal {
  write(text: string): void;
  /** Whether lines can be drawn over. */
  readonly isInteractive: boolean;
  readonly isColoured: boolean;
  /** Characters in a line; it changes with the window, as `rows` does. */
  readonly columns: () => number;
  readonly rows: () => number;
}

/** Shows a running training: a table redrawn in place on a terminal, else a line for each change. `now` in milliseconds since 1970. */
export interface Screen {
  show(status: TrainingStatus, now: number): void;
  tell(event: ClusterEvent, now: number): void;
  /** A line that stays. */
  note(line: string, now: number): void;
}

export function openScreen(terminal: Terminal): Screen {
  return terminal.isInteractive ? openTableScreen(terminal) : openLineScreen(terminal);
}
