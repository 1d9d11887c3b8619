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
const finished = (...keys: readonly StepKey[]) => new Map(keys.map((key) => [key, { state: 'failed', digest: '', message: '' } as const]));
const refusal = (message: RegExp) => (error: unknown) => error instanceof EngineError && message.test(error.message);

test('demandWasmRoom() lets pass what fits, without counting films', async () => {
  await demandWasmRoom({ spec: specOf({ preprocess: { size: 64 }, combined: { backbone: 'Small' } }), finished: none, findPositives: uncounted });
  await demandWasmRoom({ spec: specOf({ observations: ['Edema'], combined: { backbone: 'Small' } }), finished: none, findPositives: uncounted });
});

test('demandWasmRoom() refuses the batch of any autoencoder that does not fit', async () => {
  const combined = { backbone: 'Small' };
  await assert.rejects(demandWasmRoom({ spec: specOf({ autoencoders: { batchSize: 512 }, combined }), finished: none, findPositives: uncounted }), refusal(/the autoencoder network with batches of 512 .*The largest batch that fits is \d+:/));
  const overrides = [{ observation: 'Edema', batchSize: 300 }];
  await assert.rejects(demandWasmRoom({ spec: specOf({ autoencoders: { overrides }, combined }), finished: none, findPositives: uncounted }), refusal(/the autoencoder network with batches of 300 /));
});

test('demandWasmRoom() refuses a combined model that does not fit beside the autoencoders that will be trained', async () => {
  const study = specOf({ combined: { backbone: 'InceptionResNetV2', backboneWeights: 'Random' } });
  await assert.rejects(demandWasmRoom({ spec: study, finished: none, findPositives: counts(() => 10) }), refusal(/the combined and baseline networks with batches of 64 .* beside 15 frozen networks\. Not even a batch of one film fits/));
  await demandWasmRoom({ spec: study, finished: none, findPositives: counts((label) => (label === labelOf('Edema') ? 10 : 0)) });
});

test('demandWasmRoom() asks no room for what is finished', async () => {
  const spec = specOf({ observations: ['Edema', 'Fracture'], autoencoders: { batchSize: 512 }, combined: { backbone: 'Small', batchSize: 512 } });
  await assert.rejects(demandWasmRoom({ spec, finished: finished('autoencoders/Edema', 'combined'), findPositives: uncounted }), refusal(/the autoencoder network/));
  await demandWasmRoom({ spec, finished: finished('autoencoders/Edema', 'autoencoders/Fracture', 'combined'), findPositives: uncounted });
  await assert.rejects(demandWasmRoom({ spec, finished: finished('autoencoders/Edema', 'autoencoders/Fracture'), findPositives: counts(() => 10) }), refusal(/the combined /));
});
