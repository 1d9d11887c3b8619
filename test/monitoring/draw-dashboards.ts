/** Pictures of the dashboards for the docs, drawn from a Prometheus' answers: no Grafana is needed, and none is imitated. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Dashboard, Panel } from './dashboards.ts';

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

export interface DrawOptions {
  readonly dashboards: readonly Dashboard[];
  /** Of an expression of a panel. */
  readonly history: (expr: string) => Promise<readonly Series[]>;
  /** Where `<uid>.png` are written. */
  readonly folder: string;
}

interface Line {
  readonly name: string;
  /** Number of the query. */
  readonly target: number;
  readonly points: readonly (readonly [number, number])[];
}

const [column, row, gap] = [44, 30, 6];
const colours = ['#3274d9', '#e0752d', '#56a64b', '#a352cc', '#d44a3a', '#2d9cdb', '#b8860b', '#6b7280'];

export async function drawDashboards({ dashboards, history, folder }: DrawOptions): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    for (const { uid, title, panels } of dashboards) {
      const drawn = await Promise.all(panels.map(async (panel) => panelHtml(panel, await linesOf(panel, history))));
      const height = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h)) * row + 56;
      const page = await browser.newPage({ viewport: { width: 24 * column + gap, height } });
      await page.setContent(`<body style="margin:0;background:#f4f5f5;font:12px sans-serif;color:#24292e"><h1 style="margin:12px 8px;font-size:18px">${escape(title)}</h1><div style="position:relative">${drawn.join('')}</div></body>`);
      await page.screenshot({ path: path.join(folder, `${uid}.png`) });
      await page.close();
    }
  } finally {
    await browser.close();
  }
}

async function linesOf({ targets }: Panel, history: DrawOptions['history']): Promise<Line[]> {
  const all = await Promise.all(targets.map(async ({ expr, legendFormat }, target) => (await history(expr)).map(({ metric, values }) => ({ target, name: nameOf(legendFormat, metric), points: values.map(([at, value]) => [at, Number(value)] as const).filter(([, value]) => Number.isFinite(value)) }))));
  return all.flat().filter(({ points }) => points.length > 0);
}

function nameOf(legend: string, metric: Readonly<Record<string, string>>): string {
  return legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? '').replaceAll('_', ' ').trim();
}

function panelHtml(panel: Panel, lines: readonly Line[]): string {
  const { gridPos: { x, y, w, h }, title, type } = panel;
  const [width, height] = [w * column - gap, h * row - gap];
  const inner = type === 'table' ? table(panel, lines) : type === 'timeseries' ? chart(lines, { width: width - 16, height: height - 30, unit: unitOf(panel) }) : listing(lines, { height: height - 30, unit: unitOf(panel), isBig: type === 'stat' });
  return `<div style="position:absolute;left:${x * column + gap}px;top:${y * row}px;width:${width}px;height:${height}px;background:#fff;border:1px solid #dcdcdc;box-sizing:border-box;overflow:hidden"><div style="font-weight:600;padding:5px 8px">${escape(title)}</div>${inner}</div>`;
}

const unitOf = ({ fieldConfig }: Panel) => fieldConfig.defaults.unit;

/** The last value of each. */
function listing(lines: readonly Line[], { height, unit, isBig }: { height: number; unit: string; isBig: boolean }): string {
  const last = lines.map(({ name, points }) => ({ name, value: points.at(-1)?.[1] ?? NaN }));
  if (isBig) return last.map(({ name, value }) => `<div style="font-size:26px;padding:4px 8px">${text(value, unit)} <span style="font-size:12px;color:#6b7280">${escape(name)}</span></div>`).join('');
  const rows = last.map(({ name, value }) => `<tr><td style="padding:1px 8px">${escape(name)}</td><td style="width:45%"><div style="background:#3274d9;height:9px;width:${unit === 'percentunit' ? value * 100 : 0}%"></div></td><td style="padding:1px 8px;text-align:right">${text(value, unit)}</td></tr>`);
  return `<div style="height:${height}px;overflow:hidden"><table style="width:100%;border-collapse:collapse;font-size:12px">${rows.join('')}</table></div>`;
}

/** A row for each series, a column for each query. */
function table({ fieldConfig, targets, ...panel }: Panel, lines: readonly Line[]): string {
  const unit = unitOf({ fieldConfig, targets, ...panel });
  const cell = (words: string, side: string) => `<td style="padding:1px 8px;text-align:${side}">${words}</td>`;
  const head = fieldConfig.overrides.map(({ properties: [property] }) => cell(`<b>${escape(property?.value ?? '')}</b>`, 'right')).join('');
  const rows = [...new Set(lines.map(({ name }) => name))].map((name) => {
    const values = targets.map((_, target) => lines.find((line) => line.name === name && line.target === target)?.points.at(-1)?.[1]);
    return `<tr>${cell(escape(name), 'left')}${values.map((value) => cell(value === undefined ? '' : text(value, unit), 'right')).join('')}</tr>`;
  });
  return `<table style="width:100%;border-collapse:collapse;font-size:12px"><tr>${cell('', 'left')}${head}</tr>${rows.join('')}</table>`;
}

function chart(lines: readonly Line[], { width, height, unit }: { width: number; height: number; unit: string }): string {
  const points = lines.flatMap((line) => line.points);
  const [left, top, right, bottom] = [56, 4, width, height - 22];
  const [from, to] = [Math.min(...points.map(([at]) => at)), Math.max(...points.map(([at]) => at))];
  const [low, high] = [Math.min(0, ...points.map(([, value]) => value)), Math.max(...points.map(([, value]) => value)) || 1];
  const px = (at: number) => left + ((at - from) / Math.max(1, to - from)) * (right - left);
  const py = (value: number) => bottom - ((value - low) / (high - low)) * (bottom - top);
  const grid = [low, (low + high) / 2, high].map((value) => `<line x1="${left}" x2="${right}" y1="${py(value)}" y2="${py(value)}" stroke="#e5e7eb"/><text x="${left - 4}" y="${py(value) + 4}" text-anchor="end" font-size="10" fill="#6b7280">${text(value, unit)}</text>`);
  const drawn = lines.map(({ points: own }, index) => `<polyline fill="none" stroke-width="1.5" stroke="${colours[index % colours.length]}" points="${own.map(([at, value]) => `${px(at).toFixed(1)},${py(value).toFixed(1)}`).join(' ')}"/>`);
  const legend = lines.map(({ name }, index) => `<span style="margin-right:10px"><span style="color:${colours[index % colours.length]}">●</span> ${escape(name)}</span>`);
  return `<svg width="${width}" height="${height - 16}" style="padding:0 8px">${grid.join('')}${drawn.join('')}</svg><div style="padding:0 8px;white-space:nowrap;overflow:hidden;font-size:11px">${legend.join('')}</div>`;
}

function text(value: number, unit: string): string {
  if (unit === 'percentunit') return `${Math.round(value * 100)} %`;
  if (unit === 'bytes') return `${Math.round(value / 1e6)} MB`;
  if (unit === 'dateTimeFromNow') return new Date(value).toISOString().slice(11, 19);
  if (unit === 's') return value < 1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(0)} s`;
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

function escape(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
