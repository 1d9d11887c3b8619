import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestRate } from '../../scripts/bench/best-rate.ts';
import { EngineError } from '../../src/engines/engine.ts';

test('bestRate() keeps the best of the batches that fit, and tries none after one that does not', async () => {
  const lines: string[] = [];
  const imagesPerSecond = (batch: number) => (batch < 128 ? Promise.resolve(10 * batch) : Promise.reject(new EngineError('the device has no memory left for this batch')));
  assert.equal(await bestRate([16, 64, 128, 256], { imagesPerSecond, print: (line) => lines.push(line) }), 640);
  assert.deepEqual(lines, ['batch  16:    160 images/s', 'batch  64:    640 images/s', 'batch 128: does not fit in the memory of the GPU, so no larger one is tried']);
});

test('bestRate() passes any other fault on', async () => {
  await assert.rejects(bestRate([16], { imagesPerSecond: () => Promise.reject(new Error('no such node')), print: () => undefined }), /no such node/);
});
