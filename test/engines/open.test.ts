import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '../../src/engines/open.ts';
import { nativeOrSkip } from './engines.ts';

test('openEngine() fails where nothing but a GPU will do and there is none, whatever engine is asked for', async (t) => {
  await assert.rejects(openEngine({ engine: 'wasm', threads: 1, requireGpu: true }), { name: 'EngineError', message: 'Cannot use a GPU: the wasm engine runs on the CPU' });
  if (!nativeOrSkip(t)) return;
  for (const engine of ['auto', 'native'] as const) {
    await assert.rejects(openEngine({ engine, threads: 2, requireGpu: true }), { name: 'EngineError', message: /Cannot use a GPU: TensorFlow 2\.21\.0, CPU, 2 threads is all there is\. .*ENGINE=gpu.* resources\.gpu: 0/ });
  }
});

test('openEngine() on auto takes native where it is built', async (t) => {
  if (!nativeOrSkip(t)) return;
  assert.equal((await openEngine({ engine: 'auto', threads: 1 })).name, 'native');
});
