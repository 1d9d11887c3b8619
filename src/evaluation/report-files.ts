import { renderModelCard } from './model-card.ts';
import { renderPredictions } from './predictions.ts';
import { renderReportHtml } from './report-html.ts';
import type { ReportInput } from './report-input.ts';
import type { Report } from './report-schema.ts';
import { buildReport } from './report.ts';

/** The four files of `layout(root).report`, as text, and the report they are made from. */
export interface ReportFiles {
  readonly report: Report;
  readonly json: string;
  readonly html: string;
  readonly predictions: string;
  readonly modelCard: string;
}

/** Everything the combined step writes about a training. */
export function renderReport(input: ReportInput): ReportFiles {
  const report = buildReport(input);
  return {
    report,
    json: `${JSON.stringify(report, null, 2)}\n`,
    html: renderReportHtml(input, report),
    predictions: renderPredictions(input.observations, input.films),
    modelCard: renderModelCard(report, input.preprocessing),
  };
}
