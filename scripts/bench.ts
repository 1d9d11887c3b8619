/** `npm run bench`: every figure in one table, beside its rival measured in the same run where it is installed. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { usageSentence } from '../src/cli/usage-sentence.ts';
import { cellsOf, headings } from './bench/bench-row.ts';
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
const names = Object.keys(parts);
const usage = 64;

const program = new Command('npm run bench --')
  .description('Measure this project beside its rivals, where they are installed (`npm run build:oracles`).')
  .argument('[parts...]', `what to measure: ${names.join(', ')} (default: all)`)
  .option('--json', 'print an array of rows instead of a table')
  .option('--write', 'also write docs/performance.md; for all parts only')
  .configureOutput({ outputError: (words, write) => write(`${usageSentence(words)}\n`) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : usage))
  .action(bench);
await program.parseAsync();

async function bench(wanted: readonly string[], { json = false, write = false }: { json?: boolean; write?: boolean }): Promise<void> {
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) program.error(`There is no part ${unknown}; known are ${names.join(', ')}.`);
  const chosen = wanted.length === 0 ? names : names.filter((name) => wanted.includes(name));
  if (write && chosen.length < names.length) program.error('The option --write replaces the whole of docs/performance.md, so it needs all parts: name none.');
  const rows: BenchRow[] = [];
  for (const name of chosen) {
    console.error(`measuring ${name} …`);
    rows.push(...(await parts[name]!()));
  }
  console.log(json ? JSON.stringify(rows, null, 2) : tableOf(rows));
  if (write) writePage(rows);
}

function writePage(rows: readonly BenchRow[]): void {
  const page = performancePage(rows, { date: new Date().toISOString().slice(0, 10), node: process.versions.node });
  writeFileSync(path.join(import.meta.dirname, '../docs/performance.md'), page);
}

function tableOf(rows: readonly BenchRow[]): string {
  const cells = rows.map(cellsOf);
  const widths = headings.map((title, column) => Math.max(title.length, ...cells.map((line) => line[column]!.length)));
  const isNumber = (column: number) => [1, 4, 5, 7].includes(column);
  const lay = (line: readonly string[]) => line.map((cell, column) => (isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join('  ').trimEnd();
  return [lay(headings), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.map(lay)].join('\n');
}
