import { formatCount, formatMoney, formatSeconds } from '../format.ts';
import type { Report } from '../report-schema.ts';
import { sentenceOfPrice } from '../sentences.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';
import { table } from './table.ts';

/** Time, attempts and money by stage. */
export function costSection(report: Report): Markup {
  const { cost, seconds } = report;
  const total = report.stages.reduce((sum, stage) => sum + stage.seconds, 0);
  const stages = byStage(report.stages);
  // One sentence says that all is unknown better than a column.
  const money = (amount: number | null) => (stages.some((stage) => stage.cost !== null) ? [formatMoney(amount, cost.currency)] : []);
  return html`<section id="cost" aria-labelledby="cost-head"><h2 id="cost-head">Time and cost</h2>
${table({
    id: 'stages-table',
    caption: 'Work by stage. Steps run side by side, so the times of the stages add up to more than the clock showed.',
    columns: [{ head: 'Stage' }, { head: 'Steps', kind: 'figure' }, { head: 'Attempts', kind: 'figure' }, { head: 'Time of the steps', kind: 'figure' }, { head: 'Share of it', kind: 'figure' }, ...money(0).map(() => ({ head: 'Cost', kind: 'figure' }) as const)],
    rows: stages.map((stage) => [
      stage.name,
      ...[stage.steps, stage.attempts].map(formatCount),
      formatSeconds(stage.seconds),
      total === 0 ? '–' : `${Math.round((100 * stage.seconds) / total)} %`,
      ...money(stage.cost),
    ]),
    foot: ['At least one step at work', '', '', formatSeconds(seconds), '', ...money(cost.spent)],
  })}
<p>${cost.spent === null ? `The cost is unknown: ${sentenceOfPrice(report)}.` : `Prices: ${sentenceOfPrice(report)}.`}</p></section>`;
}

interface StageSum {
  readonly name: string;
  readonly steps: number;
  readonly attempts: number;
  readonly seconds: number;
  readonly cost: number | null;
}

/** One sum a stage, in the order of first appearance; the cost is unknown as soon as one step's is. */
function byStage(stages: Report['stages']): StageSum[] {
  const sums = new Map<string, StageSum>();
  for (const { stage, attempts, seconds, cost } of stages) {
    const before = sums.get(stage) ?? { name: stage, steps: 0, attempts: 0, seconds: 0, cost: 0 };
    sums.set(stage, {
      name: stage,
      steps: before.steps + 1,
      attempts: before.attempts + attempts,
      seconds: before.seconds + seconds,
      cost: before.cost === null || cost === null ? null : before.cost + cost,
    });
  }
  return [...sums.values()];
}
