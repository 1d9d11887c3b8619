import { linearScale } from './chart.ts';
import type { Scale } from './chart.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';

const [width, height] = [210, 18];
const [left, right] = [12, width - 12];

/** The scale that the rows of a table share: round ends around every figure in it. */
export function intervalScale(values: readonly (number | null)[], always: readonly number[]): Scale {
  const known = [...values.filter((value) => value !== null), ...always];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const step = high - low > 0.25 ? 0.1 : high - low > 0.1 ? 0.05 : 0.02;
  const ends = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step] as const;
  return linearScale(ends, [left, right], 5);
}

export interface IntervalMarks {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Another model's value, a hollow mark. */
  readonly other?: number | null;
  /** The value that means "nothing": chance, or no difference. */
  readonly reference: number;
}

/** One row of the table: a dot and its interval. Hidden from readers, who have the figures beside it. */
export function intervalChart(scale: Scale, { value, low, high, other = null, reference }: IntervalMarks): Markup {
  const x = (at: number) => scale(at).toFixed(1);
  const y = height / 2;
  return html`<svg class="interval" viewBox="0 0 ${width} ${height}" aria-hidden="true"><line class="reference" x1="${x(reference)}" x2="${x(reference)}" y1="0" y2="${height}"/>${
    low !== null && high !== null && html`<line class="whisker" x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}"/>`
  }${other !== null && html`<circle class="other" cx="${x(other)}" cy="${y}" r="3.5"/>`}${value !== null && html`<circle class="value" cx="${x(value)}" cy="${y}" r="4"/>`}</svg>`;
}

/** The axis in the table's head. */
export function intervalAxis(scale: Scale): Markup {
  return html`<svg class="interval" viewBox="0 0 ${width} ${height}" aria-hidden="true">${scale.ticks.map(
    (tick) => html`<text class="tick" x="${scale(tick).toFixed(1)}" y="11" text-anchor="middle">${tick}</text><line class="axis" x1="${scale(tick).toFixed(1)}" x2="${scale(tick).toFixed(1)}" y1="14" y2="${height}"/>`,
  )}</svg>`;
}
