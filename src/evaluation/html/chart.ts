/** Parts that every chart is drawn from. Charts are SVG in the page: no script, colours from its style sheet. */
import { html } from './markup.ts';
import type { Content, Markup } from './markup.ts';

/** From values to pixels, linear. */
export interface Scale {
  (value: number): number;
  readonly ticks: readonly number[];
}

/** Maps `domain` onto `range` (pixels, which may descend); `ticks` are given or about `wanted` round numbers inside. */
export function linearScale(domain: readonly [number, number], range: readonly [number, number], ticks: readonly number[] | number = 4): Scale {
  const [from, to] = domain;
  const width = to - from || 1;
  const map = (value: number) => range[0] + ((value - from) / width) * (range[1] - range[0]);
  return Object.assign(map, { ticks: typeof ticks === 'number' ? roundTicks(domain, ticks) : ticks });
}

/** Multiples of 1, 2 or 5 times a power of ten that lie in the domain, about `wanted` of them. */
export function roundTicks([from, to]: readonly [number, number], wanted: number): number[] {
  const rough = (to - from) / wanted;
  if (!(rough > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough * 0.99) ?? 10) * power;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** SVG path through points in pixels; points that change nothing at a tenth of a pixel are left out. */
export function linePath(points: readonly Point[]): string {
  const kept: Point[] = [];
  for (const { x, y } of points) {
    const point = { x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 };
    const [before, last] = [kept.at(-2), kept.at(-1)];
    if (last?.x === point.x && last.y === point.y) continue;
    const isBetween = before !== undefined && last !== undefined && (last.x - before.x) * (point.y - last.y) === (last.y - before.y) * (point.x - last.x);
    if (isBetween) kept.pop();
    kept.push(point);
  }
  return kept.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');
}

export interface ChartOptions {
  /** Unique in the page. */
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** What is shown, and what can be read from it, for people who do not see it. */
  readonly title: string;
  readonly description: string;
}

/** An SVG that scales with its column and says what it shows. */
export function chart({ id, width, height, title, description }: ChartOptions, content: Content): Markup {
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>${content}</svg>`;
}

export interface VerticalAxis {
  /** Pixels. */
  readonly left: number;
  readonly right: number;
  /** What it measures, written above its top. */
  readonly title: string;
}

/** Grid lines and labels of a vertical axis at the left of the plot. */
export function verticalAxis(scale: Scale, { left, right, title }: VerticalAxis): Markup {
  return html`<text class="tick" x="0" y="9">${title}</text>${scale.ticks.map((tick) => {
    const y = round(scale(tick));
    return html`<line class="grid" x1="${left}" x2="${right}" y1="${y}" y2="${y}"/><text class="tick" x="${left - 4}" y="${y + 3}" text-anchor="end">${tick}</text>`;
  })}`;
}

export interface HorizontalAxis {
  /** Pixels. */
  readonly bottom: number;
  /** What it measures, written below the end of the axis. */
  readonly title: string;
}

/** Ticks and labels of a horizontal axis below the plot; it takes 28 pixels with its title. */
export function horizontalAxis(scale: Scale, { bottom, title }: HorizontalAxis): Markup {
  const end = round(Math.max(...scale.ticks.map(scale)));
  return html`<text class="tick" x="${end}" y="${bottom + 25}" text-anchor="end">${title}</text>${scale.ticks.map((tick) => {
    const x = round(scale(tick));
    return html`<line class="axis" x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 3}"/><text class="tick" x="${x}" y="${bottom + 13}" text-anchor="middle">${tick}</text>`;
  })}`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
