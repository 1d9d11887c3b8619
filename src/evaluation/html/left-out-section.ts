import { titleOf } from '../../api/observations.ts';
import { formatNumberOf } from '../format.ts';
import type { Report } from '../report-schema.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';

/** What did not take part: films that could not be read, observations without an autoencoder, each with its reason. */
export function leftOutSection({ rejected, skipped }: Report): Markup {
  const more = rejected.count - rejected.reasons.length;
  return html`<section id="left-out" aria-labelledby="left-out-head"><h2 id="left-out-head">Left out</h2>
<p>${rejected.count === 0 ? 'No film was rejected.' : `${formatNumberOf(rejected.count, 'film')} rejected${more > 0 ? '; the first reasons' : ''}:`}</p>
${rejected.reasons.length > 0 && html`<ul>${rejected.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
${
  skipped.length === 0
    ? html`<p>Every observation has its autoencoder.</p>`
    : html`<p>${formatNumberOf(skipped.length, 'observation')} without an autoencoder; the combined model still scores ${skipped.length === 1 ? 'it' : 'them'}.</p>
<ul>${skipped.map(({ observation, state, reason }) => html`<li><b>${titleOf(observation)}</b> ${state}: ${reason}</li>`)}</ul>`
}</section>`;
}
