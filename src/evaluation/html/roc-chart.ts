import { titleOf } from '../../api/observations.ts';
import { formatAuc, formatShare } from '../format.ts';
import type { JudgedObservation } from '../report-schema.ts';
import type { RocPoint } from '../roc-curve.ts';
import { chart, horizontalAxis, linePath, linearScale, verticalAxis } from './chart.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';

const [width, height] = [190, 210];
const [left, right, top, bottom] = [28, width - 10, 18, height - 30];

/** Recall over false positive rate: ours solid, the baseline dashed, the chosen threshold a dot. */
export function rocChart(judged: JudgedObservation, curves: { ours: readonly RocPoint[]; baseline: readonly RocPoint[] | null }): Markup {
  const x = linearScale([0, 1], [left, right], [0, 0.5, 1]);
  const y = linearScale([0, 1], [bottom, top], [0, 0.5, 1]);
  const path = (points: readonly RocPoint[]) => linePath(points.map((point) => ({ x: x(point.falsePositiveRate), y: y(point.truePositiveRate) })));
  const { observation, recall, specificity } = judged;
  const description =
    `AUC ${formatAuc(judged)}.` +
    (recall === null || specificity === null ? '' : ` At the chosen threshold recall is ${formatShare(recall)} and specificity ${formatShare(specificity)}.`);
  return chart(
    { id: `roc-${observation}`, width, height, title: `ROC curve of ${titleOf(observation)}`, description },
    html`${verticalAxis(y, { left, right, title: 'recall' })}${horizontalAxis(x, { bottom, title: 'false positive rate' })}
<line class="chance" x1="${left}" y1="${bottom}" x2="${right}" y2="${top}"/>
${curves.baseline !== null && html`<path class="line baseline" d="${path(curves.baseline)}"/>`}<path class="line ours" d="${path(curves.ours)}"/>
${recall !== null && specificity !== null && html`<circle class="point" cx="${x(1 - specificity).toFixed(1)}" cy="${y(recall).toFixed(1)}" r="3.5"/>`}`,
  );
}
