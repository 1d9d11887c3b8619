import { formatCount, formatMoney, formatNumberOf, formatSeconds, formatShare } from '../format.ts';
import type { Report } from '../report-schema.ts';
import { sentenceOfAuc, sentenceOfGain, sentenceOfPrice, wordsOfShared } from '../sentences.ts';
import { html } from './markup.ts';
import type { Content, Markup } from './markup.ts';

/** The answer first: how good, what the autoencoders add, on which films, in which time, at what cost. */
export function summarySection(report: Report): Markup {
  const { macro, data } = report;
  const shared = wordsOfShared(report);
  return html`<section id="summary" aria-labelledby="summary-head"><h2 id="summary-head" class="hidden">Summary</h2>
<p class="lead">${sentenceOfAuc(report)}</p>
<p class="lead second">${sentenceOfGain(report)}</p>
<dl class="facts">
${fact('Macro average precision', formatShare(macro.averagePrecision), `over ${formatNumberOf(macro.observations, 'observation')}`)}
${fact('Films', `${formatCount(data.films.train)} + ${formatCount(data.films.valid)}`, `training + validation${shared === null ? '' : `; ${shared}`}`)}
${fact('Autoencoders', `${report.autoencoders.length} of ${report.observations.length}`, report.skipped.length === 0 ? 'none left out' : html`${report.skipped.length} left out: <a href="#left-out">why</a>`)}
${fact('Time', formatSeconds(report.seconds), `on ${report.device}`)}
${fact('Cost', formatMoney(report.cost.spent, report.cost.currency), sentenceOfPrice(report))}
</dl></section>`;
}

function fact(name: string, value: string, note: Content): Markup {
  return html`<div><dt>${name}</dt><dd><strong>${value}</strong><span>${note}</span></dd></div>`;
}
