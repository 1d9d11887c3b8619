import { formatLoss } from '../format.ts';
import type { Losses } from '../report-input.ts';
import { chart, horizontalAxis, linePath, linearScale, verticalAxis } from './chart.ts';
import type { Point } from './chart.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';

const [width, height] = [260, 160];
const [left, right, top, bottom] = [38, width - 8, 20, height - 30];
/** More points than this are not told apart at this width. */
const mostPoints = 500;

export interface LossCurves {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** Loss of every epoch, first to last; at least one. */
  readonly history: readonly Losses[];
  /** Epoch that was kept, from 1. */
  readonly bestEpoch: number;
  /** Least and greatest loss on the axis: charts side by side share them. */
  readonly range: readonly [number, number];
}

/** Least and greatest loss of all of these. */
export function lossRange(histories: readonly (readonly Losses[])[]): readonly [number, number] {
  const values = histories.flat().flatMap(({ train, validation }) => (validation === null ? [train] : [train, validation]));
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

/** Loss over epochs: training solid, validation dashed, the kept epoch a dot. */
export function lossChart({ id, title, history, bestEpoch, range: [least, most] }: LossCurves): Markup {
  const margin = (most - least || most || 1) * 0.06;
  const x = linearScale([1, Math.max(2, history.length)], [left, right], epochTicks(history.length));
  const y = linearScale([least - margin, most + margin], [bottom, top], 4);
  const points = (of: (losses: Losses) => number | null) =>
    history.flatMap((losses, i): Point[] => {
      const value = of(losses);
      return value === null || !isDrawn(i, history.length) ? [] : [{ x: x(i + 1), y: y(value) }];
    });
  const kept = history[bestEpoch - 1];
  const keptLoss = kept === undefined ? null : (kept.validation ?? kept.train);
  return chart(
    { id, width, height, title, description: describe(history, bestEpoch) },
    html`${verticalAxis(y, { left, right, title: 'loss' })}${horizontalAxis(x, { bottom, title: 'epoch' })}
${line('train', points(({ train }) => train))}${line('validation', points(({ validation }) => validation))}
${keptLoss !== null && html`<circle class="point" cx="${x(bestEpoch).toFixed(1)}" cy="${y(keptLoss).toFixed(1)}" r="3"/>`}`,
  );
}

/** One epoch has no line: it is a dot. */
function line(kind: 'train' | 'validation', points: readonly Point[]): Markup {
  const [only] = points;
  if (points.length === 1 && only !== undefined) return html`<circle class="dot ${kind}" cx="${only.x}" cy="${only.y.toFixed(1)}" r="2.5"/>`;
  return html`<path class="line ${kind}" d="${linePath(points)}"/>`;
}

function isDrawn(index: number, length: number): boolean {
  return index % Math.ceil(length / mostPoints) === 0 || index === length - 1;
}

function epochTicks(epochs: number): number[] {
  return epochs <= 4 ? Array.from({ length: epochs }, (_, i) => i + 1) : [1, Math.round((1 + epochs) / 2), epochs];
}

function describe(history: readonly Losses[], bestEpoch: number): string {
  const [first, last] = [history[0], history.at(-1)];
  const validation = last?.validation == null ? 'there is no validation loss' : `validation loss ends at ${formatLoss(last.validation)}`;
  return `Over ${history.length} epochs the training loss goes from ${formatLoss(first?.train ?? null)} to ${formatLoss(last?.train ?? null)}; ${validation}. Epoch ${bestEpoch} was kept.`;
}
