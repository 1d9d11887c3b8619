import { titleOf } from '../../api/observations.ts';
import { formatAuc, formatCount, formatDifference, formatScore, formatShare } from '../format.ts';
import type { RankedObservation } from '../judge-films.ts';
import type { JudgedObservation, Report } from '../report-schema.ts';
import { rocCurve } from '../roc-curve.ts';
import { recallWanted } from '../threshold.ts';
import { intervalAxis, intervalChart, intervalScale } from './interval-chart.ts';
import { html } from './markup.ts';
import type { Content, Markup } from './markup.ts';
import { rocChart } from './roc-chart.ts';
import { greatestScore, scoreChart } from './score-chart.ts';
import { table } from './table.ts';

/** Fewer films with (or without) an observation than this make its figures a matter of chance. */
const fewFilms = 10;

export interface Rankings {
  readonly ours: readonly RankedObservation[];
  readonly baseline: readonly RankedObservation[] | null;
}

/** How well each observation is found: the table, then ROC curves and scores. */
export function observationsSection(report: Report, rankings: Rankings): Markup {
  return html`<section id="observations" aria-labelledby="observations-head"><h2 id="observations-head">Observations</h2>
${observationTable(report)}
<h3>ROC curves and scores</h3>
<p class="legend"><span class="key ours"></span> combined model ${report.baseline !== null && html`<span class="key baseline"></span> without autoencoders `}<span class="key dot"></span> chosen threshold. Below each curve, shares of films by score: <span class="key present"></span> with the observation, <span class="key absent"></span> without it; the dotted line is the chosen threshold.</p>
<div class="multiples triple">${report.observations.map((judged) => card(judged, rankings))}</div>
<h3>At the chosen threshold</h3>
${thresholdTable(report.observations)}</section>`;
}

function observationTable({ observations, macro, baseline }: Report): Markup {
  const scale = intervalScale([...observations.flatMap(({ auc, aucLow, aucHigh }) => [auc, aucLow, aucHigh]), ...(baseline?.observations.map(({ auc }) => auc) ?? [])], [0.5, 1]);
  const cells = (judged: Report['macro'] | JudgedObservation, other: ComparedAuc | undefined) => [
    judged.auc === null ? html`<small>one label only</small>` : formatAuc(judged),
    intervalChart(scale, { value: judged.auc, low: judged.aucLow, high: judged.aucHigh, other: other?.auc ?? null, reference: 0.5 }),
    ...(baseline === null ? [] : [gain(other)]),
    formatShare(judged.averagePrecision),
  ];
  return table({
    id: 'observations-table',
    caption: html`Validation films by observation. AUC with its 95 % interval (bootstrap by patient): <span class="key dot"></span> combined model${
      baseline !== null && html`, <span class="key other"></span> without autoencoders`
    }; the vertical line is chance.${
      observations.some(isUnreliable) && ` † Fewer than ${fewFilms} films with or without the observation: too few to rely on.`
    }`,
    columns: [
      { head: 'Observation' },
      { head: 'ROC AUC', kind: 'figure' },
      { head: intervalAxis(scale), kind: 'chart' },
      ...(baseline === null ? [] : [{ head: 'Autoencoders add', kind: 'figure' } as const]),
      { head: 'Average precision', kind: 'figure' },
      { head: 'Films with it', kind: 'figure' },
      { head: 'without', kind: 'figure' },
      { head: 'uncertain', kind: 'figure' },
    ],
    rows: observations.map((judged, i) => [
      `${titleOf(judged.observation)}${isUnreliable(judged) ? ' †' : ''}`,
      ...cells(judged, baseline?.observations[i]),
      ...[judged.positives, judged.negatives, judged.uncertain].map(formatCount),
    ]),
    foot: [`Macro over ${macro.observations}`, ...cells(macro, baseline?.macro), '', '', ''],
  });
}

type ComparedAuc = Pick<NonNullable<Report['baseline']>['observations'][number], 'auc' | 'difference' | 'differenceLow' | 'differenceHigh'>;

function gain(compared: ComparedAuc | undefined): Content {
  if (compared?.difference == null) return '–';
  return html`${formatDifference(compared.difference)} <small>(${formatDifference(compared.differenceLow)} to ${formatDifference(compared.differenceHigh)})</small>`;
}

function isUnreliable({ auc, positives, negatives }: JudgedObservation): boolean {
  return auc !== null && Math.min(positives, negatives) < fewFilms;
}

function thresholdTable(observations: readonly JudgedObservation[]): Markup {
  return table({
    id: 'threshold-table',
    caption: html`The chosen threshold is the highest with recall of at least ${recallWanted.toFixed(2)} on these same films. Recall and specificity are therefore in-sample and flatter the model; on new films they will be lower. Brier score: mean squared distance of scores from labels, 0 at best.`,
    columns: [
      { head: 'Observation' },
      { head: 'Threshold', kind: 'figure' },
      { head: 'Recall, in-sample', kind: 'figure' },
      { head: 'Specificity, in-sample', kind: 'figure' },
      { head: 'Brier score', kind: 'figure' },
    ],
    rows: observations.map((judged) => [
      titleOf(judged.observation),
      formatScore(judged.threshold),
      formatShare(judged.recall),
      formatShare(judged.specificity),
      formatShare(judged.brier),
    ]),
  });
}

function card(judged: JudgedObservation, { ours, baseline }: Rankings): Markup | null {
  const isThis = ({ observation }: RankedObservation) => observation === judged.observation;
  const [ranking, other] = [ours.find(isThis), baseline?.find(isThis)];
  if (ranking === undefined || judged.auc === null) return null;
  return html`<figure><figcaption><b>${titleOf(judged.observation)}</b> ${formatAuc(judged)}</figcaption>
${rocChart(judged, { ours: rocCurve(ranking), baseline: other === undefined ? null : rocCurve(other) })}${scoreChart(ranking, { threshold: judged.threshold, most: greatestScore(ours) })}</figure>`;
}
