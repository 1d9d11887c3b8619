import { cpus, totalmem } from 'node:os';
import type { BenchRow } from './bench-row.ts';
import { gpuGoals, limitsOf } from './gpu-goals.ts';

/** docs/performance.md: the table of a run, and what no machine of ours has measured. */
export function performancePage(rows: readonly BenchRow[], { date, node }: { date: string; node: string }): string {
  const [cpu] = cpus();
  const machine = `${cpu?.model.trim() ?? 'an unknown CPU'}, ${String(cpus().length)} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${node}`;
  return `# Performance

Measured by \`npm run bench -- --write\` on ${date}: ${machine}. Each figure stands beside its rival from the same run;
a ratio above 1 is in our favour. "Of the limit" is the share of what the same cores multiply in TensorFlow's own matMul.
Medians of three where a rival is measured, by turns. Another machine gives other figures; look at the ratios.

${markdown(['What', 'Value', 'Unit', 'Rival', 'Its value', 'Ratio', 'Of the limit'], rows.map(cellsOf))}

## Not measured: GPUs

No GPU has run this yet. One image's training step at 299 px is 4.33 GFLOP and, unfused, 260 MB to and from memory; with
published peaks that allows at most what stands in the middle, and the goal is what one graph a step should keep of it.
\`npm run build:native -- gpu\` and \`npm run bench:gpu\` measure it on a machine that has one.

${markdown(['GPU', 'Images/s by arithmetic', 'Images/s by memory', 'Goal, images/s'], gpuGoals.map((gpu) => [gpu.title, figure(limitsOf(gpu).arithmetic), figure(limitsOf(gpu).memory), figure(gpu.goal)]))}
`;
}

function cellsOf(row: BenchRow): string[] {
  return [row.name, figure(row.value), row.unit, row.rival ?? '', row.rivalValue === null ? '' : figure(row.rivalValue), row.ratio === null ? '' : row.ratio.toFixed(2), row.shareOfLimit === null ? '' : `${(100 * row.shareOfLimit).toFixed(0)} %`];
}

function figure(value: number): string {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

function markdown(header: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...lines.map(line)].join('\n');
}
