import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNativeBuilt } from '../../src/engines/tensorflow/addon.ts';
import { oracleOrSkip } from '../oracles/oracles.ts';
import { chex, everything, readJson, startChex, tinyTraining, untilThere } from './chex.ts';

test('a training begun on the native engine goes on from its checkpoint on wasm, with a warning', async (t) => {
  if (!oracleOrSkip(t, isNativeBuilt(), 'the native engine is not built: run `npm run build:native`')) return;
  const place = await tinyTraining(t, { observations: ['Edema'], autoencoders: { width: 0.05, epochs: 60, batchSize: 8, learningRate: 1e-3, checkpointEverySeconds: 1 } });
  const native = startChex(t, ['run', '-f', place.file, '--engine', 'native']);
  await untilThere(place.run, 'autoencoders/Edema/checkpoints/step-*', native);
  native.child.kill('SIGTERM');
  const stopped = await native.ended;
  assert.equal(stopped.code, 143, everything(stopped));
  const ended = await chex(t, ['run', '-f', place.file, '--engine', 'wasm']);
  assert.equal(ended.code, 0, everything(ended));
  assert.match(everything(ended), /The checkpoint was made by native on \d+ threads, now it is wasm on 1/);
  const report = readJson(place.run, 'report/report.json') as { engine: string; autoencoders: { epochs: number }[] };
  assert.deepEqual([report.engine, report.autoencoders.map(({ epochs }) => epochs)], ['wasm', [60]]);
});
