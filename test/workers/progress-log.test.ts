import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressLog } from '../../src/workers/progress-log.ts';

function logged() {
  const lines: [string, unknown][] = [];
  return { lines, tell: progressLog((message, fields) => void lines.push([message, fields])) };
}

test('progressLog() logs each epoch once it is over, with its losses', () => {
  const { lines, tell } = logged();
  for (const [epoch, train, validation] of [[1, 0.9], [1, 0.8], [2, 0.7, 0.85], [2, 0.6, 0.85], [3, 0.5, 0.65]] as const) {
    tell({ ratio: 0.1, epoch, epochs: 3, imagesPerSecond: 10, loss: { train, ...(validation === undefined ? {} : { validation }) } });
  }
  assert.deepEqual(lines, [
    ['Epoch', { epoch: 1, epochs: 3, loss: 0.8, validationLoss: 0.85, imagesPerSecond: 10 }],
    ['Epoch', { epoch: 2, epochs: 3, loss: 0.6, validationLoss: 0.65, imagesPerSecond: 10 }],
  ]);
});

test('progressLog() logs each tenth of a step without epochs, however many films come between', () => {
  const { lines, tell } = logged();
  for (let film = 0; film <= 25; film += 1) tell({ ratio: film / 25 });
  assert.deepEqual(lines.map(([message, fields]) => [message, (fields as { percent: number }).percent]), Array.from({ length: 10 }, (_, tenth) => ['Progress', (tenth + 1) * 10]));
});
