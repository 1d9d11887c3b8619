import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePredictions, renderPredictions } from '../../src/evaluation/predictions.ts';

const columns = ['Edema', 'Support_Devices'] as const;

test('renderPredictions() writes label and score of each observation, blank for an uncertain label', () => {
  const csv = renderPredictions(columns, [{ path: 'valid/patient1/study1/view1_frontal.jpg', patient: 'patient1', labels: [1, 2], scores: [0.25, 1] }]);
  assert.equal(csv, 'path,patient,Edema_label,Edema_score,Support_Devices_label,Support_Devices_score\nvalid/patient1/study1/view1_frontal.jpg,patient1,1,0.25,,1\n');
});

test('parsePredictions() gives back what renderPredictions() wrote: float32 scores exactly, any path', () => {
  const scores = [Math.fround(0.1), Math.fround(1 / 3), Math.fround(1e-12), Math.fround(0.99999994), 0, 2 ** -149];
  const predictions = scores.map((score, i) => ({ path: `a "film", number ${i}\nof many.jpg`, patient: `p ${i}`, labels: [i % 3, 0], scores: [score, Math.fround(Math.sin(i) ** 2)] }));
  const { observations, predictions: read } = parsePredictions(renderPredictions(columns, predictions));
  assert.deepEqual(observations, [...columns]);
  assert.deepEqual(read.map((one) => ({ ...one, scores: Array.from(one.scores, Math.fround) })), predictions);
  assert.deepEqual(parsePredictions(renderPredictions(columns, [])), { observations: [...columns], predictions: [] });
});

test('parsePredictions() refuses other columns and cells', () => {
  const head = 'path,patient,Edema_label,Edema_score\n';
  assert.throws(() => parsePredictions('path,Edema_label,Edema_score\n'), /Cannot read predictions: the columns are path,Edema_label,Edema_score, not path,patient/);
  assert.throws(() => parsePredictions('path,patient,Oedema_label,Oedema_score\n'), /Cannot read predictions: the columns are/);
  assert.throws(() => parsePredictions(`${head}a.jpg,p,-1,0.5\n`), { message: 'Cannot read predictions: a.jpg has the label "-1", not 1, 0 or nothing' });
  assert.throws(() => parsePredictions(`${head}a.jpg,p,1,\n`), { message: 'Cannot read predictions: a.jpg has the score ""' });
});
