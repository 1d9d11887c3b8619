import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelOf } from '../../src/api/observations.ts';
import { specSchema } from '../../src/api/schema.ts';
import { demandWasmRoom } from '../../src/cli/wasm-room.ts';
import type { StepKey } from '../../src/plan/plan.ts';
import { EngineError } from '../../src/engines/engine.ts';

const specOf = (fields: object) => specSchema.parse({ dataset: { uri: 'file:///data' }, output: { uri: 'file:///runs' }, ...fields });
const counts = (count: (label: number) => number) => () => Promise.resolve(Array.from({ length: 14 }, (_, label) => count(label)));
const uncounted = () => assert.fail('the films need not be counted');
const none = new Map();
const one = { threads: { autoencoders: 1, combined: 1 } };
const finished = (...keys: readonly StepKey[]) => new Map(keys.map((key) => [key, { state: 'failed', digest: '', message: '' } as const]));
const refusal = (message: RegExp) => (error: unknown) => error instanceof EngineError && message.test(error.message);

test('demandWasmRoom() lets pass what fits, without counting films', async () => {
  await demandWasmRoom({ spec: specOf({ preprocess: { size: 64 }, combined: { backbone: 'Small' } }), finished: none, ...one, findPositives: uncounted });
  await demandWasmRoom({ spec: specOf({ observations: ['Edema'], combined: { backbone: 'Small' } }), finished: none, ...one, findPositives: uncounted });
});

test('demandWasmRoom() refuses the batch of any autoencoder that does not fit', async () => {
  const combined = { backbone: 'Small' };
  await assert.rejects(demandWasmRoom({ spec: specOf({ autoencoders: { batchSize: 512 }, combined }), finished: none, ...one, findPositives: uncounted }), refusal(/the autoencoder network with batches of 512 .*The largest batch that fits is \d+:/));
  const overrides = [{ observation: 'Edema', batchSize: 300 }];
  await assert.rejects(demandWasmRoom({ spec: specOf({ autoencoders: { overrides }, combined }), finished: none, ...one, findPositives: uncounted }), refusal(/the autoencoder network with batches of 300 /));
});

test('demandWasmRoom() refuses a combined model that does not fit beside the autoencoders that will be trained', async () => {
  const study = specOf({ combined: { backbone: 'InceptionResNetV2', backboneWeights: 'Random' } });
  await assert.rejects(demandWasmRoom({ spec: study, finished: none, ...one, findPositives: counts(() => 10) }), refusal(/the combined and baseline networks with batches of 64 .* beside 999 MB of frozen weights\. Not even a batch of one film fits/));
  await demandWasmRoom({ spec: study, finished: none, ...one, findPositives: counts((label) => (label === labelOf('Edema') ? 10 : 0)) });
});

test('demandWasmRoom() asks no room for what is finished', async () => {
  const spec = specOf({ observations: ['Edema', 'Fracture'], autoencoders: { batchSize: 512 }, combined: { backbone: 'Small', batchSize: 512 } });
  await assert.rejects(demandWasmRoom({ spec, finished: finished('autoencoders/Edema', 'combined'), ...one, findPositives: uncounted }), refusal(/the autoencoder network/));
  await demandWasmRoom({ spec, finished: finished('autoencoders/Edema', 'autoencoders/Fracture', 'combined'), ...one, findPositives: uncounted });
  await assert.rejects(demandWasmRoom({ spec, finished: finished('autoencoders/Edema', 'autoencoders/Fracture'), ...one, findPositives: counts(() => 10) }), refusal(/the combined /));
});

test('demandWasmRoom() lets a larger batch pass where several threads share it', async () => {
  const asked = { spec: specOf({ autoencoders: { batchSize: 256 }, combined: { backbone: 'Small', batchSize: 8 } }), finished: finished('combined'), findPositives: uncounted };
  await assert.rejects(demandWasmRoom({ ...asked, ...one }), refusal(/heap of 4 GB\. The largest/));
  await demandWasmRoom({ ...asked, threads: { autoencoders: 4, combined: 1 } });
  await assert.rejects(demandWasmRoom({ ...asked, threads: { autoencoders: 2, combined: 1 } }), refusal(/heap of 4 GB a thread\. The largest/));
});
