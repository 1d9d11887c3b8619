import assert from 'node:assert/strict';
import { test } from 'node:test';
import { titleOf } from '../../src/api/observations.ts';
import { html } from '../../src/evaluation/html/markup.ts';
import { renderReport } from '../../src/evaluation/report-files.ts';
import type { ReportInput } from '../../src/evaluation/report-input.ts';
import { goldenInput } from './golden-input.ts';

const input = goldenInput();
const page = renderReport(input).html;

test('renderReportHtml() needs nothing from elsewhere and runs nothing', () => {
  assert.doesNotMatch(page, /<script|<link[^>]+stylesheet|@import|url\(|\son\w+="/i);
  const sources = [...page.matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, source]) => source!);
  assert.ok(sources.length > 24, 'two pictures for each of twelve autoencoders');
  for (const source of sources) assert.match(source, /^(data:|#)/);
});

test('renderReportHtml() escapes text that comes from files and failures', () => {
  assert.doesNotMatch(page, /<img src=x/);
  assert.match(page, /&lt;img src=x onerror=alert\(1\)&gt; &amp; &quot;quoted&quot; \| &#39;bar&#39;/);
});

test('html escapes values, keeps markup, and leaves nothing for null and false', () => {
  const row = html`<b title="${'"&'}">${['<', html`<i>${1}</i>`, null, false]}</b>`;
  assert.equal(row.markup, '<b title="&quot;&amp;">&lt;<i>1</i></b>');
});

test('renderReportHtml() names every chart and table, each by an id of its own, and links to sections that exist', () => {
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!);
  assert.equal(new Set(ids).size, ids.length);
  const charts = page.match(/<svg class="chart"[^>]*>.*?<\/title>/gs) ?? [];
  assert.equal(charts.length, 13 * 2 + 12 + 2, 'ROC and scores of 13, losses of 12, of the combined model and the baseline');
  for (const chart of charts) assert.match(chart, /role="img" aria-labelledby="(\S+)-title \1-desc"><title id="\1-title">[^<]+<\/title>/);
  assert.equal(page.match(/<table>/g)?.length, page.match(/<caption id/g)?.length);
  for (const [, target] of page.matchAll(/(?:href="#|aria-labelledby=")([\w-]+)"/g)) assert.ok(ids.includes(target!), target);
  assert.equal(page.match(/<img /g)?.length, page.match(/<img alt="[^"]+"/g)?.length);
});

test('renderReportHtml() says first how good the model is and what the autoencoders add', () => {
  assert.match(page, /<p class="lead">Macro ROC AUC 0\.92 \(95 % interval 0\.91 to 0\.94\) over 13 observations, on 234 validation films of 170 patients\.<\/p>/);
  assert.match(page, /<p class="lead second">The autoencoders raise macro AUC by 0\.057 \(0\.037 to 0\.078\) against the same model without them, which reaches 0\.87\.<\/p>/);
  assert.match(page, /no price is known for this machine/);
  const shares = Array.from(/<caption id="stages-table".*?<\/table>/s.exec(page)?.[0].matchAll(/>(\d+) %</g) ?? [], ([, share]) => Number(share));
  assert.equal(shares.length, 4, 'catalog, preprocess, autoencoders, combined');
  assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 100) <= 2, String(shares));
  assert.match(page, /For research\. Not for diagnosis\./);
  for (const observation of input.observations) assert.ok(page.includes(`<th scope="row">${titleOf(observation)}`), observation);
});

test('renderReportHtml() has a column for the cost where a price is known, and one sentence where none is', () => {
  assert.doesNotMatch(page, /<th[^>]*>Cost</);
  assert.match(page, /The cost is unknown: no price is known for this machine\./);
  const entries = input.account.entries.map((entry, i) => ({ ...entry, cost: i === 0 ? null : 1.5 }));
  const { html: priced } = renderReport({ ...input, account: { ...input.account, currency: 'USD', entries } });
  assert.equal(priced.match(/<th[^>]*>Cost</g)?.length, 2, 'by autoencoder and by stage');
  assert.match(priced, />1\.50 USD</);
  assert.match(priced, />unknown</, 'what has no price among those that have one');
});

test('renderReportHtml() sets money and time beside those of the study, cents and less not as nothing', () => {
  assert.doesNotMatch(page, />Cost here</);
  const entries = input.account.entries.map((entry) => ({ ...entry, cost: 0.001154 }));
  const { html: priced } = renderReport({ ...input, account: { ...input.account, currency: 'USD', entries } });
  const [study = ''] = /<section id="study".*?<\/section>/s.exec(priced) ?? [];
  assert.match(study, />Cost here</);
  assert.equal(study.match(/>0\.0012 USD</g)?.length, input.autoencoders.length, 'for each observation');
  assert.match(study, /two weeks of wall time \(this training: .+ with a step at work\) and for just over \$500 \(this training: 0\.0\d+ USD\)/);
});

test('renderReportHtml() draws charts that stand side by side on the same axes', () => {
  const labels = (id: string) => [...(page.match(new RegExp(`aria-labelledby="${id}\\w+-title.*?</svg>`, 'gs')) ?? [])].map((chart) => [...chart.matchAll(/<text[^>]*>([^<]*)</g)].map(([, label]) => label).join(' '));
  for (const [id, title] of [['scores-', 'score'], ['roc-', 'recall'], ['loss-(?!combined|baseline)', 'loss']] as const) {
    const all = labels(id);
    assert.ok(all.length >= 12, `${id}: ${all.length}`);
    assert.equal(new Set(all).size, 1, [...new Set(all)].join('; '));
    assert.ok(all[0]?.split(' ').includes(title), all[0]);
  }
});

test('renderReportHtml() admits that no gain is shown where the interval contains 0, and a loss where it is one', () => {
  const swapped = renderReport({ ...input, films: input.films.map((film) => ({ ...film, scores: film.baselineScores!, baselineScores: film.scores })) });
  assert.match(swapped.html, /The autoencoders lower macro AUC by 0\.057 \(0\.037 to 0\.078\)/);
  const equal = renderReport({ ...input, films: input.films.map((film) => ({ ...film, baselineScores: film.scores })) });
  assert.match(equal.html, /Whether the autoencoders help is not shown: macro AUC changes by 0\.000 \(0\.000 to 0\.000\)/);
});

test('renderReportHtml() draws the least a training can give: one observation, one epoch, no baseline, nothing known', () => {
  const least: ReportInput = {
    ...input,
    settings: {},
    observations: ['Edema'],
    data: { films: { train: 3, valid: 0 }, patients: null, patientsInBothSplits: null, rejected: { count: 0, reasons: [] } },
    films: [],
    autoencoders: [],
    missing: [],
    combined: { ...input.combined, head: 'Softmax', backbone: 'None', epochs: 1, bestEpoch: 1, loss: { train: 0.7, validation: null }, history: [{ train: 0.7, validation: null }] },
    baseline: null,
    account: { ...input.account, entries: [] },
  };
  const { html: page, modelCard } = renderReport(least);
  assert.match(page, /There was no validation film, so nothing can be said of how good the model is\./);
  assert.match(page, /What the autoencoders add is not known/);
  assert.match(page, /No autoencoder was trained\./);
  assert.doesNotMatch(page, /least validation loss/);
  for (const text of [page, modelCard]) assert.doesNotMatch(text, /NaN|undefined|Infinity|\bnull\b/);
});

test('renderReportHtml() draws one film of each label, a constant loss, and softmax scores near 0', () => {
  const films = input.films.slice(0, 2).map((film, i) => ({ ...film, labels: [i], scores: [0.001 * (i + 1)], baselineScores: [0.5], sex: 'Male', age: 40, view: 'Frontal', projection: 'AP' }));
  const history = [0.5, 0.5, 0.5].map((loss) => ({ train: loss, validation: loss }));
  const { html: page, modelCard } = renderReport({ ...input, observations: ['Edema'], films, combined: { ...input.combined, history } });
  for (const text of [page, modelCard]) assert.doesNotMatch(text, /NaN|undefined|Infinity|\bnull\b/);
  assert.match(page, /Edema †/, 'two films are too few, and the page says so');
});

test('renderReportHtml() stays small with many epochs and many films', () => {
  const history = Array.from({ length: 10_000 }, (_, i) => ({ train: 1 / (i + 1), validation: 1.1 / (i + 1) }));
  const one = { ...input.autoencoders[0]!, history, epochs: 10_000, bestEpoch: 10_000 };
  const films = Array.from({ length: 30 }, () => input.films).flat();
  const { html: page } = renderReport({ ...input, observations: ['Lung_Lesion'], films, autoencoders: [one], missing: [], baseline: null });
  assert.ok(page.length < 100_000, `${page.length} characters`);
});
