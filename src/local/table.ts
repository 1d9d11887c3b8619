import picocolors from 'picocolors';
import { durationText } from '../api/duration.ts';
import type { StepState, TrainingStatus } from '../api/status.ts';
import { shorten } from '../plan/pod-result.ts';
import type { StepRow } from './step-rows.ts';
import { stepsOf } from './step-rows.ts';
import type { Column } from './table-columns.ts';
import { columnsWithin, pad } from './table-columns.ts';

export interface TableOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Characters in a line; columns are left out from the right where they do not fit. */
  readonly columns: number;
  /** Lines; steps are left out where they do not fit, those that do not run first. */
  readonly rows: number;
  readonly isColoured: boolean;
}

/** The live table: a line for the training, one for each step, and what it is doing. */
export function renderTable(status: TrainingStatus, { now, columns: width, rows, isColoured }: TableOptions): string[] {
  const colours = picocolors.createColors(isColoured);
  const shown = columnsWithin(width);
  const isOver = status.completionTime !== undefined;
  const steps = stepsOf(status);
  // Headline, two blank lines, the titles, and what it is doing.
  const kept = stepsWithin(steps, rows - 5);
  return [
    colours.bold(headline(status, { now, width })),
    '',
    colours.dim(lineOf(shown.map((column) => pad(column.title, column)))),
    ...kept.map((step) => rowText(step, { shown, colours, width, isOver })),
    ...(kept.length === steps.length ? [] : [colours.dim(shorten(`and ${steps.length - kept.length} more steps`, width))]),
    // How it ended is told below the table.
    '',
    ...(isOver ? [] : [shorten(status.message, width)]),
  ];
}

/** `autoencoders  42 %  11/14 classes  worked 12 min 31 s  ETA 14:05 UTC (in 1 h 34 min)  cost unknown`, as far as it fits. */
function headline(status: TrainingStatus, { now, width }: { now: number; width: number }): string {
  const end = status.estimatedCompletionTime;
  const left = end === undefined ? 'unknown' : `${end.slice(11, 16)} UTC (in ${durationText((Date.parse(end) - now) / 1000)})`;
  const parts = [
    status.stage,
    `${Math.floor(status.progress * 100)} %`,
    `${status.classes} classes`,
    `worked ${durationText(status.workedSeconds)}`,
    ...(status.completionTime === undefined ? [`ETA ${left}`] : []),
    `cost ${status.cost?.text ?? 'unknown'}`,
  ];
  return parts.reduce((line, part) => (line.length + 2 + part.length <= width ? `${line}  ${part}` : line)).slice(0, width);
}

/** Who runs or failed is shown longest: steps that wait are left out from the last on, then those that are over from the first on. */
function stepsWithin(steps: readonly StepRow[], room: number): readonly StepRow[] {
  if (steps.length <= room) return steps;
  const isIdle = ({ record: { state } }: StepRow) => state === 'waiting' || state === 'ready';
  const isOver = ({ record: { state } }: StepRow) => state === 'succeeded' || state === 'skipped';
  const leastFirst = [...steps.filter(isIdle).reverse(), ...steps.filter(isOver), ...steps.filter((step) => !isIdle(step) && !isOver(step)).reverse()];
  // A line says how many are left out.
  const leftOut = new Set(leastFirst.slice(0, steps.length - Math.max(0, room - 1)));
  return steps.filter((step) => !leftOut.has(step));
}

type Colours = ReturnType<typeof picocolors.createColors>;

interface RowOptions {
  readonly shown: readonly Column[];
  readonly colours: Colours;
  readonly width: number;
  readonly isOver: boolean;
}

/** What has no figures yet says why: its reason stands in their place. */
function rowText(step: StepRow, { shown, colours, width, isOver }: RowOptions): string {
  const { state } = step.record;
  const cells = shown.map((column) => {
    const cell = pad(column.text(step), column);
    return column.title === 'STATE' ? cell.replace(state, colourOf(state, colours)) : cell;
  });
  const reason = reasonOf(step, isOver);
  if (reason === null) return lineOf(cells);
  const used = shown.slice(0, 2).reduce((sum, column) => sum + column.width + 1, 0);
  return width > used ? lineOf([...cells.slice(0, 2), shorten(reason, width - used)]) : lineOf(cells);
}

function reasonOf({ record: { state, progress, message } }: StepRow, isOver: boolean): string | null {
  switch (state) {
    case 'succeeded':
      return null;
    case 'active':
      return progress === undefined ? (message ?? 'Its worker starts') : null;
    case 'failed':
      return isOver ? null : (message ?? null);
    case 'waiting':
    case 'ready':
    case 'queued':
    case 'stopping':
    case 'skipped':
      return message ?? null;
  }
}

function colourOf(state: StepState, colours: Colours): (text: string) => string {
  switch (state) {
    case 'active':
      return colours.cyan;
    case 'succeeded':
      return colours.green;
    case 'failed':
      return colours.red;
    case 'stopping':
      return colours.yellow;
    case 'waiting':
    case 'ready':
    case 'queued':
    case 'skipped':
      return colours.dim;
  }
}

function lineOf(cells: readonly string[]): string {
  return cells.join(' ').trimEnd();
}
