/**
 * `npm run bench`: every figure in one table, beside its rival measured in the same run where it is installed.
 * `-- --json` prints an array of rows instead; `-- preprocess engines` runs only these parts; `-- --write` also writes docs/performance.md.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BenchRow } from './bench/bench-row.ts';
import { performancePage } from './bench/performance-page.ts';

const parts: Readonly<Record<string, () => Promise<readonly BenchRow[]>>> = {
  catalog: async () => (await import('./bench/catalog.ts')).benchCatalog(),
  tfrecord: async () => (await import('./bench/tfrecord.ts')).benchTfrecord(),
  preprocess: async () => (await import('./bench/preprocess.ts')).benchPreprocess(),
  native: async () => (await import('./bench/native.ts')).benchNative(),
  input: async () => (await import('./bench/input.ts')).benchInput(),
  engines: async () => (await import('./bench/engines.ts')).benchEngines(),
  operator: async () => (await import('./bench/operator.ts')).benchOperator(),
};

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; known are ${Object.keys(parts).join(', ')}.`);
  process.exit(64);
}

const rows: BenchRow[] = [];
for (const [name, bench] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.error(`measuring ${name} …`);
  rows.push(...(await bench()));
}
console.log(process.argv.includes('--json') ? JSON.stringify(rows, null, 2) : tableOf(rows));
if (process.argv.includes('--write')) {
  const page = performancePage(rows, { date: new Date().toISOString().slice(0, 10), node: process.versions.node });
  writeFileSync(path.join(import.meta.dirname, '../docs/performance.md'), page);
}

function tableOf(lines: readonly BenchRow[]): string {
  const cells = lines.map((row) => [
    row.name,
    figure(row.value),
    row.unit,
    row.rival ?? '',
    row.rivalValue === null ? '' : figure(row.rivalValue),
    row.ratio === null ? '' : `${row.ratio.toFixed(2)} x`,
    row.shareOfLimit === null ? '' : `${(100 * row.shareOfLimit).toFixed(0)} %`,
  ]);
  const header = ['what', 'value', 'unit', 'rival', 'its value', 'ratio', 'of the limit'];
  const widths = header.map((title, column) => Math.max(title.length, ...cells.map((line) => line[column]!.length)));
  const isNumber = (column: number) => [1, 4, 5, 6].includes(column);
  const lay = (line: readonly string[]) => line.map((cell, column) => (isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join('  ').trimEnd();
  return [lay(header), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.map(lay)].join('\n');
}

function figure(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
