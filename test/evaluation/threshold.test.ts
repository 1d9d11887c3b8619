import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRandom } from '../../src/random/random.ts';
import { rank } from '../../src/evaluation/ranking.ts';
import { chooseThreshold } from '../../src/evaluation/threshold.ts';

test('chooseThreshold() takes 9 of 10 positives, not all of them', () => {
  const positives = Array.from({ length: 10 }, (_, i) => (i + 1) / 10);
  const ranking = rank([...positives.map(() => 1), 0, 0, 0, 0], [...positives, 0.05, 0.15, 0.2, 0.95]);
  // At 0.2 the positives from 0.2 up are found; the negatives at 0.2 and 0.95 are called positive too.
  assert.deepEqual(chooseThreshold(ranking), { threshold: 0.2, recall: 0.9, specificity: 0.5 });
});

test('chooseThreshold() gives the highest score at which recall is at least 0.90, as trying every score does', () => {
  const draw = openRandom(7, 'test').below;
  for (let round = 0; round < 50; round++) {
    const labels = Array.from({ length: 3 + draw(60) }, (_, i) => (i < 2 ? i : draw(2)));
    const scores = labels.map(() => draw(12) / 12);
    const shareAbove = (label: number, threshold: number) => {
      const ofLabel = scores.filter((_, i) => labels[i] === label);
      return ofLabel.filter((score) => score >= threshold).length / ofLabel.length;
    };
    const best = Math.max(...scores.filter((score) => shareAbove(1, score) >= 0.9));
    assert.deepEqual(chooseThreshold(rank(labels, scores)), { threshold: best, recall: shareAbove(1, best), specificity: 1 - shareAbove(0, best) });
  }
});
