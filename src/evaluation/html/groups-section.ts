import { titleOf } from '../../api/observations.ts';
import { formatAuc, formatCount, formatShare } from '../format.ts';
import type { Report } from '../report-schema.ts';
import { publishedAuc } from '../study-figures.ts';
import { fewestPatients } from '../subgroups.ts';
import { intervalAxis, intervalChart, intervalScale } from './interval-chart.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';
import { table } from './table.ts';

/** The same scores counted otherwise: by study beside published figures, and within groups of patients and films. */
export function groupsSection({ perStudy, subgroups }: Report): Markup | null {
  if (perStudy === null && subgroups.length === 0) return null;
  return html`<section id="groups" aria-labelledby="groups-head"><h2 id="groups-head">By study and by group</h2>
${perStudy !== null && studyTable(perStudy)}
${subgroups.length > 0 && groupTable(subgroups)}</section>`;
}

function studyTable({ studies, observations, macro }: NonNullable<Report['perStudy']>): Markup {
  return table({
    id: 'study-table',
    caption: html`AUC by study (${formatCount(studies)} studies; a study's score is the mean of its films'). Beside it, the best figure of the CheXpert paper for its own 200 validation studies (Irvin et al. 2019, table 3): a yardstick only where those very studies were judged, and on other films of no meaning.`,
    columns: [
      { head: 'Observation' },
      { head: 'ROC AUC by study', kind: 'figure' },
      { head: 'Published', kind: 'figure' },
      { head: 'Studies with it', kind: 'figure' },
      { head: 'without', kind: 'figure' },
    ],
    rows: observations.map(({ observation, positives, negatives, ...area }) => [
      titleOf(observation),
      formatAuc(area),
      publishedAuc[observation]?.toFixed(3) ?? '',
      formatCount(positives),
      formatCount(negatives),
    ]),
    foot: [`Macro over ${macro.observations}`, formatAuc(macro), '', '', ''],
  });
}

const attributeNames = { sex: 'Sex', age: 'Age', projection: 'Projection', view: 'View' } as const;

function groupTable(subgroups: Report['subgroups']): Markup {
  const scale = intervalScale(subgroups.flatMap(({ auc, aucLow, aucHigh, aucOfAll }) => [auc, aucLow, aucHigh, aucOfAll]), [0.5, 1]);
  return table({
    id: 'groups-table',
    caption: html`Macro AUC within groups, with 95 % intervals: <span class="key dot"></span> the group, <span class="key other"></span> all films over the same observations. A group's macro counts only the observations that have both labels in it, so compare it with the figure beside it, not with another group's.${subgroups.some(isSmall) && ` † Fewer than ${fewestPatients} patients: too few for an interval, or to rely on.`}`,
    columns: [
      { head: 'Group' },
      { head: 'Macro ROC AUC', kind: 'figure' },
      { head: intervalAxis(scale), kind: 'chart' },
      { head: 'All films', kind: 'figure' },
      { head: 'Observations', kind: 'figure' },
      { head: 'Films', kind: 'figure' },
      { head: 'Patients', kind: 'figure' },
    ],
    rows: subgroups.map((group) => [
      `${attributeNames[group.attribute]}: ${group.group}${isSmall(group) ? ' †' : ''}`,
      formatAuc(group),
      intervalChart(scale, { value: group.auc, low: group.aucLow, high: group.aucHigh, other: group.aucOfAll, reference: 0.5 }),
      formatShare(group.aucOfAll),
      ...[group.observations, group.films, group.patients].map(formatCount),
    ]),
  });
}

function isSmall({ auc, patients }: Report['subgroups'][number]): boolean {
  return auc !== null && patients < fewestPatients;
}
