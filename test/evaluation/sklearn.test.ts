import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { auc, packFilms, resampledAuc } from '../../src/evaluation/auc.ts';
import { averagePrecision } from '../../src/evaluation/average-precision.ts';
import { percentile } from '../../src/evaluation/bootstrap.ts';
import { brier } from '../../src/evaluation/brier.ts';
import { rank } from '../../src/evaluation/ranking.ts';
import { rocCurve } from '../../src/evaluation/roc-curve.ts';
import { pythonOrSkip, runPython } from '../oracles/oracles.ts';
import { sklearnRequest } from './sklearn-cases.ts';
import type { SklearnAnswer, SklearnRequest } from './sklearn-cases.ts';

const golden = new URL('../golden/report/sklearn.json', import.meta.url);

test("auc(), averagePrecision(), brier() and rocCurve() give scikit-learn's committed numbers to 1e-12", () => {
  assertAgrees(sklearnRequest(123), JSON.parse(readFileSync(golden, 'utf8')) as SklearnAnswer);
});

test('auc(), averagePrecision(), brier() and rocCurve() agree with scikit-learn on other data to 1e-12', (t) => {
  if (!pythonOrSkip(t)) return;
  const request = sklearnRequest(20261123);
  assertAgrees(request, JSON.parse(runPython('sklearn_metrics.py', JSON.stringify(request))) as SklearnAnswer);
});

function assertAgrees(request: SklearnRequest, answer: SklearnAnswer): void {
  request.cases.forEach(({ labels, scores }, i) => {
    const ranking = rank(labels, scores);
    const expected = answer.cases[i]!;
    assertNear(auc(ranking), expected.auc, `auc of case ${i}`);
    assertNear(averagePrecision(ranking), expected.averagePrecision, `averagePrecision of case ${i}`);
    assertNear(brier(ranking), expected.brier, `brier of case ${i}`);
    const curve = rocCurve(ranking);
    assert.equal(curve.length, expected.thresholds.length);
    curve.forEach((point, j) => {
      assertNear(point.falsePositiveRate, expected.falsePositiveRates[j], `false positive rate ${j} of case ${i}`);
      assertNear(point.truePositiveRate, expected.truePositiveRates[j], `true positive rate ${j} of case ${i}`);
      assert.equal(point.threshold, expected.thresholds[j] ?? Infinity);
    });
  });
  const columns = request.macro.labels[0]!.map((_, i) =>
    rank(request.macro.labels.map((row) => row[i]!), request.macro.scores.map((row) => row[i]!)),
  );
  assertNear(meanOf(columns.map((column) => auc(column)!)), answer.macro.auc, 'macro auc');
  assertNear(meanOf(columns.map((column) => averagePrecision(column)!)), answer.macro.averagePrecision, 'macro average precision');
  request.weighted.forEach(({ labels, scores, patients, times }, i) => {
    const ranking = rank(labels, scores);
    assertNear(resampledAuc(packFilms(ranking, (item) => patients[item]!), Int32Array.from(times)), answer.weighted[i], `weighted auc ${i}`);
  });
  request.percentiles.forEach((values, i) => {
    const ascending = Float64Array.from(values).sort();
    assertNear(percentile(ascending, 2.5), answer.percentiles[i]![0], `2.5th percentile ${i}`);
    assertNear(percentile(ascending, 97.5), answer.percentiles[i]![1], `97.5th percentile ${i}`);
  });
}

function assertNear(actual: number | null, expected: number | undefined, what: string): void {
  assert.ok(actual !== null && expected !== undefined && Math.abs(actual - expected) <= 1e-12, `${what}: ${actual}, scikit-learn says ${expected}`);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
