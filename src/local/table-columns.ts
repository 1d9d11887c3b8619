import { durationText } from '../api/duration.ts';
import type { StepRecord } from '../api/status.ts';
import type { StepRow } from './step-rows.ts';

export interface Column {
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  readonly text: (step: StepRow) => string;
}

/** 100 characters together. */
const columns: readonly Column[] = [
  { title: 'STEP', width: 28, align: 'left', text: ({ title, isAutoencoder }) => (isAutoencoder ? `  ${title}` : title) },
  { title: 'STATE', width: 9, align: 'left', text: ({ record }) => record.state },
  { title: 'PROGRESS', width: 15, align: 'left', text: ({ record }) => (record.found ? 'finished before' : barOf(record)) },
  { title: 'EPOCH', width: 8, align: 'right', text: ({ record }) => epochOf(record) },
  { title: 'LOSS', width: 7, align: 'right', text: ({ record }) => lossOf(record.loss?.train) },
  { title: 'VALID', width: 7, align: 'right', text: ({ record }) => lossOf(record.loss?.validation) },
  { title: 'IMAGES/S', width: 8, align: 'right', text: ({ record: { imagesPerSecond } }) => (imagesPerSecond === undefined ? '' : imagesPerSecond.toFixed(1)) },
  { title: 'TIME', width: 11, align: 'right', text: ({ record: { seconds } }) => (seconds > 0 ? durationText(seconds) : '') },
];

/** Those that fit into a line of `width` characters with a space between them; the first is narrowed to fit. */
export function columnsWithin(width: number): readonly Column[] {
  let used = -1;
  return columns.map((column, index) => (index === 0 ? { ...column, width: Math.min(column.width, width) } : column)).filter((column) => (used += column.width + 1) <= width);
}

/** A cell: cut or filled to the width of its column. */
export function pad(text: string, { width, align }: Column): string {
  const cut = text.slice(0, width);
  return align === 'left' ? cut.padEnd(width) : cut.padStart(width);
}

function barOf({ state, progress }: StepRecord): string {
  if (progress === undefined || state === 'skipped') return '';
  const full = Math.round(progress * 9);
  return `${'█'.repeat(full)}${'░'.repeat(9 - full)} ${String(Math.floor(progress * 100)).padStart(3)} %`;
}

function epochOf({ epoch, epochs }: StepRecord): string {
  if (epoch === undefined) return '';
  return epochs === undefined ? String(epoch) : `${epoch}/${epochs}`;
}

function lossOf(loss: number | null | undefined): string {
  if (loss == null) return '';
  const text = loss.toPrecision(4);
  return text.length <= 7 ? text : loss.toExponential(1);
}
