import { availableParallelism, cpus, totalmem } from 'node:os';
import { cellsOf, figure, headings } from './bench-row.ts';
import type { BenchRow } from './bench-row.ts';
import { judgeGoals } from './goals.ts';
import { gpuGoals, limitsOf, workAnImage } from './gpu-goals.ts';

/** Whole `npm run demo`s without films, one after the other on a machine of 2 cores: set anew by hand. */
const demoSeconds = { first: 188, native: 155, wasm: 180 };

/** docs/performance.md: the goals and the table of a run, and what no machine of ours has measured. */
export function performancePage(rows: readonly BenchRow[], { date, node }: { date: string; node: string }): string {
  return `# Performance

Measured by \`npm run bench -- --write\` on ${date}: ${machine()}, Node ${node}.
Another machine gives other figures; look at the ratios.

## Goals

${markdown(['What', 'Goal', 'Measured', ''], judgeGoals(rows).map(({ title, goal, measured, verdict }) => [title, goal, measured, verdict]))}

## Figures

Each is the median of as many rounds as the last column says. A round measures ours and its rivals in turn, and "Ratio" is the
median of the rounds' ratios, above 1 in our favour. "Of the limit" names the limit, which the same run measured.

${markdown(headings, rows.map(cellsOf))}

## The demo

${demoSentence()}

## Not measured: GPUs

No GPU has run this yet. One image's training step at 299 px is ${workAnImage.gigaflops} GFLOP and, unfused, ${workAnImage.megabytes} MB to and from memory; with
published peaks that allows at most what stands in the middle, and the goal is what one graph a step should keep of it.
\`npm run build:native -- gpu\` and \`npm run bench:gpu\` measure it on a machine that has one.

${markdown(['GPU', 'Images/s by arithmetic', 'Images/s by memory', 'Goal, images/s'], gpuGoals.map((gpu) => [gpu.title, figure(limitsOf(gpu).arithmetic), figure(limitsOf(gpu).memory), figure(gpu.goal)]))}
`;
}

function machine(): string {
  return `${cpus()[0]?.model.trim() ?? 'an unknown CPU'}, ${String(availableParallelism())} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
}

function demoSentence(): string {
  const { first, native, wasm } = demoSeconds;
  const now = (seconds: number) => `${seconds} s (${(first / seconds).toFixed(2)} times as fast)`;
  return `\`npm run demo\` took ${first} s in its first version and takes ${now(native)} on native and ${now(wasm)} on wasm, each measured on
the same machine of 2 cores, one after the other. Two thirds of it are the head of its combined model, whose weights pass through
memory once a step whatever computes; the autoencoders, which are the bill at the study's size, are nearly nothing at its 64 px.`;
}

function markdown(header: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...lines.map(line)].join('\n');
}
