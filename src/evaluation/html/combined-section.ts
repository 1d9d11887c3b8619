import { formatCount, formatLoss } from '../format.ts';
import type { HeadOutcome, ReportInput } from '../report-input.ts';
import type { Report } from '../report-schema.ts';
import { describeModel } from '../sentences.ts';
import { lossChart, lossRange } from './loss-chart.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';

/** The combined model and the one without autoencoders: what they are, and their losses. */
export function combinedSection({ combined }: Report, input: ReportInput): Markup {
  const models = [{ id: 'combined', title: 'Combined model', outcome: input.combined }, ...(input.baseline === null ? [] : [{ id: 'baseline', title: 'Without autoencoders', outcome: input.baseline }])];
  const range = lossRange(models.map(({ outcome }) => outcome.history));
  return html`<section id="combined" aria-labelledby="combined-head"><h2 id="combined-head">Combined model</h2>
<p>${describeModel(combined)} What it minimises is ${combined.head === 'Sigmoid' ? 'the binary' : 'the categorical'} cross-entropy.</p>
<p class="legend"><span class="key train"></span> training <span class="key validation"></span> validation <span class="key dot"></span> epoch that was kept.</p>
<div class="multiples wide">${models.map((model) => card(model, range))}</div></section>`;
}

interface Model {
  readonly id: string;
  readonly title: string;
  readonly outcome: HeadOutcome;
}

function card({ id, title, outcome: { parameters, epochs, bestEpoch, loss, history } }: Model, range: readonly [number, number]): Markup {
  return html`<figure><figcaption><b>${title}</b> ${formatCount(parameters)} parameters</figcaption>
${history.length > 0 && lossChart({ id: `loss-${id}`, title: `Loss of the ${title.toLowerCase()}`, history, bestEpoch, range })}
<p>${formatCount(epochs)} epochs, epoch ${bestEpoch} kept${loss.validation !== null && ' (least validation loss)'}: ${formatLoss(loss.train)} in training, ${formatLoss(loss.validation)} on validation.</p></figure>`;
}
