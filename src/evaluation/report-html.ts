import { rankBaseline } from './compare-baseline.ts';
import { formatNumberOf, formatTime } from './format.ts';
import { autoencodersSection } from './html/autoencoders-section.ts';
import { combinedSection } from './html/combined-section.ts';
import { costSection } from './html/cost-section.ts';
import { groupsSection } from './html/groups-section.ts';
import { leftOutSection } from './html/left-out-section.ts';
import { html } from './html/markup.ts';
import type { Markup } from './html/markup.ts';
import { observationsSection } from './html/observations-section.ts';
import { reproductionSection } from './html/reproduction-section.ts';
import { studySection } from './html/study-section.ts';
import { style } from './html/style.ts';
import { summarySection } from './html/summary-section.ts';
import { rankFilms } from './judge-films.ts';
import type { ReportInput } from './report-input.ts';
import type { Report } from './report-schema.ts';

/** report.html: one page that needs nothing else, no script and no network; `report` is what `buildReport(input)` gave. */
export function renderReportHtml(input: ReportInput, report: Report): string {
  const rankings = { ours: rankFilms(input.films, input.observations), baseline: rankBaseline(input) };
  const groups = groupsSection(report);
  const { namespace, name } = report.training;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${name}: report of a chest X-ray training</title>
<link rel="icon" href="data:,">
<style>${{ markup: style }}</style>
</head>
<body>
<header><h1>${name}</h1>
<p class="note">ChexTraining ${namespace}/${name}, ${formatNumberOf(report.observations.length, 'observation')}, report of ${formatTime(report.finishedAt)}</p>
<p class="notice">For research. Not for diagnosis.</p>
${contents(groups !== null)}</header>
<main>
${summarySection(report)}
${observationsSection(report, rankings)}
${groups}
${autoencodersSection(report, input.autoencoders)}
${combinedSection(report, input)}
${costSection(report)}
${studySection(report)}
${leftOutSection(report)}
${reproductionSection(report, input.preprocessing)}
</main>
<footer><p>The same figures for machines: report.json. Scores of every validation film: predictions.csv. About the model: model-card.md.</p></footer>
</body>
</html>
`.markup;
}

function contents(hasGroups: boolean): Markup {
  return html`<nav aria-label="Contents"><a href="#observations">Observations</a> ${hasGroups && html`<a href="#groups">Studies and groups</a> `}<a href="#autoencoders">Autoencoders</a> <a href="#combined">Combined model</a> <a href="#cost">Time and cost</a> <a href="#study">The 2019 study</a> <a href="#left-out">Left out</a> <a href="#reproduction">How to get this again</a></nav>`;
}
