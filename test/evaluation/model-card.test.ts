import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { renderModelCard } from '../../src/evaluation/model-card.ts';
import { renderReport } from '../../src/evaluation/report-files.ts';
import { buildReport } from '../../src/evaluation/report.ts';
import { goldenInput } from './golden-input.ts';

const input = goldenInput();
const report = buildReport(input);
const card = renderModelCard(report, input.preprocessing);

test('renderModelCard() opens with front matter that gives the AUC of every judged observation', () => {
  const [, frontMatter = ''] = /^---\n(.*?)\n---\n/s.exec(card) ?? [];
  const [model] = parse(frontMatter)['model-index'];
  const values = Object.fromEntries(model.results[0].metrics.map((metric: { name: string; value: number }) => [metric.name, metric.value]));
  assert.equal(values['ROC AUC, macro'], report.macro.auc);
  assert.equal(values['ROC AUC, Lung Lesion'], report.observations[0]!.auc);
  assert.equal(Object.keys(values).length, 14, 'macro and 13 observations: Pleural Other has one label only');
  assert.ok(!('license' in parse(frontMatter)), 'the licence of the films decides, not we');
});

test('renderModelCard() has the sections people look for and says what it is not for', () => {
  const heads = card.match(/^## .*$/gm);
  assert.deepEqual(heads, ['## Model details', '## Intended use', '## Training data', '## Evaluation', '## Limits', '## Cost', '## Reproduction']);
  assert.match(card, /For research\. Not for diagnosis\./);
  assert.match(card, /Money: unknown \(no price is known for this machine\)/);
  assert.match(card, /Not judged, for lack of one of the labels: Pleural Other\./);
});

test('renderModelCard() keeps every table whole, whatever text stands in it', () => {
  const hostile = buildReport({ ...input, films: input.films.map((film) => ({ ...film, sex: film.sex === 'Male' ? 'a | b <i>\nc' : film.sex })) });
  const rows = renderModelCard(hostile, input.preprocessing).split('\n').filter((line) => line.startsWith('|'));
  const cells = (line: string) => line.replaceAll('\\|', '').split('|').length;
  assert.equal(rows.length, 2 + 14 + 2 + 10);
  rows.slice(0, 16).forEach((row) => assert.equal(cells(row), 11, row));
  rows.slice(16).forEach((row) => assert.equal(cells(row), 6, row));
});

test('the model card and the page say whether patients stand in both splits', () => {
  const say = (patientsInBothSplits: number | null) => renderReport({ ...input, data: { ...input.data, patientsInBothSplits } });
  for (const text of [say(0).modelCard, say(0).html]) assert.match(text, /, no patient in both\.|; no patient in both</);
  for (const text of [say(3).modelCard, say(3).html]) {
    assert.match(text, /3 patients in both, which flatters the figures/);
    assert.doesNotMatch(text, /no patient in both/);
  }
  for (const text of [say(null).modelCard, say(null).html]) assert.doesNotMatch(text, /in both/);
});
