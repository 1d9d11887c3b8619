import { titleOf } from '../../api/observations.ts';
import { formatScore } from '../format.ts';
import type { RankedObservation } from '../judge-films.ts';
import { chart, horizontalAxis, linearScale } from './chart.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';

const [width, height] = [190, 126];
const [left, right, middle, bottom] = [28, width - 10, 49, height - 30];
const bins = 20;

/** The end of the axis that all score charts of a report share: 1, or less where softmax keeps every score low. */
export function greatestScore(rankings: readonly RankedObservation[]): number {
  const greatest = Math.max(...rankings.map(({ scores }) => scores.at(-1) ?? 0));
  return greatest > 0.5 ? 1 : Math.max(0.05, Math.ceil(greatest * 20) / 20);
}

export interface ScoreChartOptions {
  readonly threshold: number | null;
  /** End of the axis. */
  readonly most: number;
}

/** How scores are spread: films with the observation above the line, films without it below, each as shares of their own. */
export function scoreChart(ranking: RankedObservation, { threshold, most }: ScoreChartOptions): Markup {
  const x = linearScale([0, most], [left, right], [0, most / 2, most]);
  const present = shares(ranking, { label: 1, most });
  const absent = shares(ranking, { label: 0, most });
  const tallest = Math.max(...present, ...absent);
  const bars = (kind: 'present' | 'absent', heights: readonly number[]) =>
    heights.map((share, bin) => {
      const tall = (share / tallest) * (middle - 4);
      const at = x((bin / bins) * most);
      return share > 0 && html`<rect class="${kind}" x="${(at + 0.5).toFixed(1)}" width="${((right - left) / bins - 1).toFixed(1)}" y="${(kind === 'present' ? middle - tall : middle).toFixed(1)}" height="${tall.toFixed(1)}"/>`;
    });
  return chart(
    {
      id: `scores-${ranking.observation}`,
      width,
      height,
      title: `Scores of ${titleOf(ranking.observation)}`,
      description: `Share of films by score from 0 to ${most}: those with the observation above the line, those without it below.${threshold === null ? '' : ` The chosen threshold is ${formatScore(threshold)}.`}`,
    },
    html`${bars('present', present)}${bars('absent', absent)}<line class="axis" x1="${left}" x2="${right}" y1="${middle}" y2="${middle}"/>
${horizontalAxis(x, { bottom, title: 'score' })}
${threshold !== null && html`<line class="threshold" x1="${x(threshold).toFixed(1)}" x2="${x(threshold).toFixed(1)}" y1="2" y2="${bottom}"/>`}`,
  );
}

/** Share of the films with a label that falls into each bin. */
function shares(ranking: RankedObservation, { label, most }: { label: 0 | 1; most: number }): number[] {
  const counts = new Array<number>(bins).fill(0);
  ranking.scores.forEach((score, i) => {
    if (ranking.positive[i] !== label) return;
    const bin = Math.min(bins - 1, Math.floor((score / most) * bins));
    counts[bin] = (counts[bin] ?? 0) + 1;
  });
  const films = label === 1 ? ranking.positives : ranking.negatives;
  return counts.map((count) => (films === 0 ? 0 : count / films));
}
