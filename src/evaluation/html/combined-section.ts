import { formatCount, formatLoss } from '../format.ts';
import type { HeadOutcome, ReportInput } from '../report-input.ts';
import type { Report } from '../report-schema.ts';
import { describeModel } from '../sentences.ts';
import { lossChart } from './loss-chart.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';

/** The combined model and the one without autoencoders: what they are, and their losses. */
export function combinedSection({ combined }: Report, input: ReportInput): Markup {
  return html`<section id="combined" aria-labelledby="combined-head"><h2 id="combined-head">Combined model</h2>
<p>${describeModel(combined)} What it minimises is ${combined.head === 'Sigmoid' ? 'the binary' : 'the categorical'} cross-entropy.</p>
<p class="legend"><span class="key train"></span> training <span class="key validation"></span> validation <span class="key dot"></span> epoch that was kept; loss over epochs.</p>
<div class="multiples wide">${card('combined', 'Combined model', input.combined)}${input.baseline !== null && card('baseline', 'Without autoencoders', input.baseline)}</div></section>`;
}

function card(id: string, title: string, { parameters, epochs, bestEpoch, loss, history }: HeadOutcome): Markup {
  return html`<figure><figcaption><b>${title}</b> ${formatCount(parameters)} parameters</figcaption>
${history.length > 0 && lossChart({ id: `loss-${id}`, title: `Loss of the ${title.toLowerCase()}`, history, bestEpoch })}
<p>${formatCount(epochs)} epochs, epoch ${bestEpoch} kept${loss.validation !== null && ' (least validation loss)'}: ${formatLoss(loss.train)} in training, ${formatLoss(loss.validation)} on validation.</p></figure>`;
}
