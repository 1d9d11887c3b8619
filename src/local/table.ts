import picocolors from 'picocolors';
import { titleOf } from '../api/observations.ts';
import type { StepRecord, StepState, TrainingStatus } from '../api/status.ts';
import { durationText } from './duration.ts';

export interface TableOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Characters in a line; columns are left out from the right where they do not fit. */
  readonly columns: number;
  readonly isColoured: boolean;
}

interface Row {
  readonly name: string;
  readonly record: StepRecord;
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  readonly text: (row: Row) => string;
}

const columns: readonly Column[] = [
  { title: 'STEP', width: 28, align: 'left', text: ({ name }) => name },
  { title: 'STATE', width: 9, align: 'left', text: ({ record }) => record.state },
  { title: 'PROGRESS', width: 18, align: 'left', text: ({ record }) => barOf(record) },
  { title: 'EPOCH', width: 8, align: 'right', text: ({ record }) => epochOf(record) },
  { title: 'LOSS', width: 7, align: 'right', text: ({ record }) => lossOf(record.loss?.train) },
  { title: 'VALID', width: 7, align: 'right', text: ({ record }) => lossOf(record.loss?.validation) },
  { title: 'IMAGES/S', width: 8, align: 'right', text: ({ record: { imagesPerSecond } }) => (imagesPerSecond === undefined ? '' : imagesPerSecond.toFixed(1)) },
  { title: 'TIME', width: 8, align: 'right', text: ({ record: { seconds } }) => (seconds > 0 ? durationText(seconds) : '') },
];

/** The live table: a line for the training, one for each stage and observation, and what it is doing. */
export function renderTable(status: TrainingStatus, { now, columns: width, isColoured }: TableOptions): string[] {
  const colours = picocolors.createColors(isColoured);
  const shown = columnsWithin(width);
  const cut = (text: string) => text.slice(0, width).trimEnd();
  return [
    colours.bold(cut(headline(status, now))),
    '',
    colours.dim(cut(lineOf(shown.map((column) => pad(column.title, column))))),
    ...rowsOf(status).map((row) => rowText(row, { shown, colours, width })),
    '',
    cut(status.message),
  ];
}

/** `autoencoders  42 %  11/14 classes  elapsed 12:31  ETA 14:05 UTC (in 1:34:00)  cost unknown`. */
function headline(status: TrainingStatus, now: number): string {
  const elapsed = status.startTime === undefined ? null : (now - Date.parse(status.startTime)) / 1000;
  const end = status.estimatedCompletionTime;
  const isOver = status.completionTime !== undefined;
  const left = end === undefined ? 'unknown' : `${end.slice(11, 16)} UTC (in ${durationText((Date.parse(end) - now) / 1000)})`;
  return [
    status.stage,
    `${Math.floor(status.progress * 100)} %`,
    `${status.classes} classes`,
    ...(elapsed === null ? [] : [`elapsed ${durationText(elapsed)}`]),
    ...(isOver ? [] : [`ETA ${left}`]),
    `cost ${status.cost === undefined ? 'unknown' : `${status.cost.spent} ${status.cost.currency}`}`,
  ].join('  ');
}

function rowsOf({ stages, observations }: TrainingStatus): Row[] {
  return stages.flatMap((record): Row[] =>
    record.stage === 'autoencoders' ? observations.map((observation) => ({ name: `  ${titleOf(observation.observation)}`, record: observation })) : [{ name: record.stage, record }],
  );
}

type Colours = ReturnType<typeof picocolors.createColors>;

/** What does not run has no figures: its reason stands in their place. */
function rowText(row: Row, { shown, colours, width }: { shown: readonly Column[]; colours: Colours; width: number }): string {
  const { state, message } = row.record;
  const paint = (text: string, { title }: Column) => (title === 'STATE' ? colourOf(state, colours)(text) : text);
  if (state === 'active' || state === 'succeeded' || message === undefined) return lineOf(shown.map((column) => paint(pad(column.text(row), column), column)));
  const [name, word] = shown;
  const room = width - shown.slice(0, 2).reduce((sum, column) => sum + column.width + 1, 0);
  if (name === undefined || word === undefined) return '';
  return lineOf([pad(name.text(row), name), paint(pad(word.text(row), word), word), message.slice(0, Math.max(0, room))]);
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
    case 'skipped':
      return colours.dim;
  }
}

function columnsWithin(width: number): readonly Column[] {
  let used = -1;
  return columns.filter((column) => (used += column.width + 1) <= width);
}

function lineOf(cells: readonly string[]): string {
  return cells.join(' ').trimEnd();
}

function pad(text: string, { width, align }: Column): string {
  const cut = text.slice(0, width);
  return align === 'left' ? cut.padEnd(width) : cut.padStart(width);
}

function barOf({ state, progress }: StepRecord): string {
  if (progress === undefined || state === 'skipped') return '';
  const full = Math.round(progress * 12);
  return `${'█'.repeat(full)}${'░'.repeat(12 - full)} ${String(Math.floor(progress * 100)).padStart(3)} %`;
}

function epochOf({ epoch, epochs }: StepRecord): string {
  if (epoch === undefined) return '';
  return epochs === undefined ? String(epoch) : `${epoch}/${epochs}`;
}

function lossOf(loss: number | null | undefined): string {
  return loss == null ? '' : loss.toPrecision(4).slice(0, 7);
}
