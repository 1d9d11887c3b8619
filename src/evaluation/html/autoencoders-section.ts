import { titleOf } from '../../api/observations.ts';
import { formatCount, formatLoss, formatMoney, formatRate, formatSeconds } from '../format.ts';
import type { AutoencoderOutcome } from '../report-input.ts';
import type { Report } from '../report-schema.ts';
import { lossChart, lossRange } from './loss-chart.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';
import { table } from './table.ts';

/** How each autoencoder was trained, what its loss did, and what it makes of a film. */
export function autoencodersSection(report: Report, outcomes: readonly AutoencoderOutcome[]): Markup {
  const rangeOf = ({ lossKind }: AutoencoderOutcome) => lossRange(outcomes.filter((one) => one.lossKind === lossKind).map(({ history }) => history));
  return html`<section id="autoencoders" aria-labelledby="autoencoders-head"><h2 id="autoencoders-head">Autoencoders</h2>
${outcomes.length === 0 ? html`<p>No autoencoder was trained.</p>` : html`${autoencoderTable(report)}
<h3>Losses and reconstructions</h3>
<p class="legend"><span class="key train"></span> training <span class="key validation"></span> validation <span class="key dot"></span> epoch that was kept. Below: a film at the left, and what the autoencoder makes of it at the right.</p>
<div class="multiples wide triple">${outcomes.map((outcome) => card(outcome, rangeOf(outcome)))}</div>`}</section>`;
}

function autoencoderTable({ autoencoders, cost }: Report): Markup {
  const kinds = new Set(autoencoders.map(({ lossKind }) => lossKind));
  const total = <T extends number | null>(of: (one: Report['autoencoders'][number]) => T) =>
    autoencoders.reduce<number | null>((sum, one) => {
      const value = of(one);
      return sum === null || value === null ? null : sum + value;
    }, 0);
  // The section on cost says why it is unknown.
  const money = (amount: number | null) => (autoencoders.some((one) => one.cost !== null) ? [formatMoney(amount, cost.currency)] : []);
  return table({
    id: 'autoencoders-table',
    caption: html`Training of the autoencoders. The loss is the ${[...kinds].map(lossName).join(' or the ')} of pixels between 0 and 1; training losses are taken with dropout on, validation losses without. Films a second count the flipped copies too.`,
    columns: [
      { head: 'Observation' },
      { head: 'Films', kind: 'figure' },
      { head: 'Epochs', kind: 'figure' },
      { head: 'Loss, training', kind: 'figure' },
      { head: 'validation', kind: 'figure' },
      { head: 'Mean squared error, training', kind: 'figure' },
      { head: 'validation', kind: 'figure' },
      { head: 'Time', kind: 'figure' },
      { head: 'Films a second', kind: 'figure' },
      { head: 'Attempts', kind: 'figure' },
      ...money(0).map(() => ({ head: 'Cost', kind: 'figure' }) as const),
    ],
    rows: autoencoders.map((one) => [
      titleOf(one.observation),
      formatCount(one.images),
      `${one.epochs}${one.stoppedEarly ? ', stopped early' : ''}${one.bestEpoch === one.epochs ? '' : `, kept ${one.bestEpoch}`}`,
      ...[one.loss.train, one.loss.validation, one.meanSquaredError.train, one.meanSquaredError.validation].map(formatLoss),
      formatSeconds(one.seconds),
      formatRate(one.imagesPerSecond),
      one.attempts === null ? 'unknown' : formatCount(one.attempts),
      ...money(one.cost),
    ]),
    foot: ['Together', '', '', '', '', '', '', formatSeconds(total(({ seconds }) => seconds)), '', '', ...money(total((one) => one.cost))],
  });
}

function card({ observation, history, bestEpoch, examples, loss }: AutoencoderOutcome, range: readonly [number, number]): Markup {
  const title = titleOf(observation);
  return html`<figure><figcaption><b>${title}</b> ${loss.validation === null ? `${formatLoss(loss.train)} in training` : `${formatLoss(loss.validation)} on validation`}</figcaption>
${history.length > 0 && lossChart({ id: `loss-${observation}`, title: `Loss of the autoencoder for ${title}`, history, bestEpoch, range })}
${examples.slice(0, 1).map(
    ({ original, reconstruction }) => html`<div class="pair">${picture(original, `A film with ${title}`)}${picture(reconstruction, `The same film as the autoencoder for ${title} gives it back`)}</div>`,
  )}</figure>`;
}

function picture(png: Uint8Array, text: string): Markup {
  return html`<img alt="${text}" src="data:image/png;base64,${Buffer.from(png.buffer, png.byteOffset, png.byteLength).toString('base64')}">`;
}

function lossName(kind: 'MeanAbsoluteError' | 'MeanSquaredError'): string {
  return kind === 'MeanAbsoluteError' ? 'mean absolute error' : 'mean squared error';
}
