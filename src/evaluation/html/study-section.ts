import { titleOf } from '../../api/observations.ts';
import { formatCount, formatLosses, formatMoney, formatRate, formatSeconds } from '../format.ts';
import type { Report } from '../report-schema.ts';
import { sumCosts } from '../sum-costs.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';
import { table } from './table.ts';

function gpuHours(hours: number | null): string {
  if (hours === null) return 'not known';
  return hours === 0 ? 'none, it had no GPU' : `${hours.toFixed(hours < 10 ? 2 : 1)}, waiting and lost work counted`;
}

/** The study's figures beside ours, with what keeps them from being compared. */
export function studySection({ study, combined, autoencoders, cost, seconds }: Report): Markup {
  const sum = (of: Report['study']['autoencoderHours']) => [formatSeconds(of.study * 3600), of.ours === null ? '–' : formatSeconds(of.ours * 3600)] as const;
  const costs = new Map(autoencoders.map((one) => [one.observation, one.cost]));
  // The section before says where all is unknown.
  const money = <Cell>(cell: Cell) => ([...costs.values()].some((each) => each !== null) ? [cell] : []);
  return html`<section id="study" aria-labelledby="study-head"><h2 id="study-head">The 2019 study beside this training</h2>
<p>The study trained 14 autoencoders for 200 epochs on CheXpert at 299 pixels, by hand, in ${study.gpuHours.study} GPU-hours (this training: ${gpuHours(study.gpuHours.ours)}), two weeks of wall time (this training: ${formatSeconds(seconds)} with a step at work) and for just over $${formatCount(study.spentDollars.study)}${
    study.spentDollars.ours === null ? ' (what this training cost in dollars is not known)' : ` (this training: ${formatMoney(study.spentDollars.ours, 'USD')})`
  }. Hours depend on the machine, the number of films, their size and the epochs: compare films a second, and those only at equal size and width.</p>
${table({
    id: 'study-comparison',
    caption: html`Autoencoders. Errors are mean absolute errors of pixels between 0 and 1, training / validation. The study's films a second are computed from its hours and the positives of CheXpert, flips counted; what each of its autoencoders cost is not known. Source: ${study.source}.`,
    columns: [
      { head: 'Observation' },
      { head: 'Time, study', kind: 'figure' },
      { head: 'here', kind: 'figure' },
      ...money({ head: 'Cost here', kind: 'figure' } as const),
      { head: 'Films a second, study', kind: 'figure' },
      { head: 'here', kind: 'figure' },
      { head: 'Error, study', kind: 'figure' },
      { head: 'here', kind: 'figure' },
    ],
    rows: study.autoencoders.map(({ observation, study: theirs, ours }) => [
      titleOf(observation),
      formatSeconds(theirs.seconds),
      ours === null ? '–' : formatSeconds(ours.seconds),
      ...money(ours === null ? '–' : formatMoney(costs.get(observation) ?? null, cost.currency)),
      formatRate(theirs.imagesPerSecond),
      ours === null ? '–' : formatRate(ours.imagesPerSecond),
      formatLosses({ train: theirs.trainError, validation: theirs.validationError }),
      ours === null ? '–' : formatLosses({ train: ours.trainError, validation: ours.validationError }),
    ]),
    foot: ['Together', ...sum(study.autoencoderHours), ...money(formatMoney(sumCosts([...costs.values()]), cost.currency)), '', '', '', ''],
  })}
<p>Its combined model has ${formatCount(study.combined.parameters)} parameters (here ${formatCount(combined.parameters)}) and took ${study.combined.hoursPerEpoch.low} to ${
    study.combined.hoursPerEpoch.high
  } hours an epoch; it was stopped after ${study.combined.epochs} epochs at a loss of ${study.combined.loss}.</p>
<dl class="pairs">${study.defects.map((defect) => html`<dt>${defect.study}</dt><dd>${defect.here}</dd>`)}</dl></section>`;
}
