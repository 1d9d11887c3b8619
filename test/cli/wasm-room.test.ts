import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelOf } from '../../src/api/observations.ts';
import { specSchema } from '../../src/api/schema.ts';
import { demandWasmRoom } from '../../src/cli/wasm-room.ts';
import { EngineError } from '../../src/engines/engine.ts';

const specOf = (fields: object) => specSchema.parse({ dataset: { uri: 'file:///data' }, output: { uri: 'file:///runs' }, ...fields });
const counts = (count: (label: number) => number) => () => Promise.resolve(Array.from({ length: 14 }, (_, label) => count(label)));
const uncounted = () => assert.fail('the films need not be counted');
const refusal = (message: RegExp) => (error: unknown) => error instanceof EngineError && message.test(error.message);

test('demandWasmRoom() lets pass what fits, without counting films', async () => {
  await demandWasmRoom(specOf({ preprocess: { size: 64 }, combined: { backbone: 'Small' } }), uncounted);
  await demandWasmRoom(specOf({ observations: ['Edema'], combined: { backbone: 'Small' } }), uncounted);
});

test('demandWasmRoom() refuses the batch of any autoencoder that does not fit', async () => {
  const combined = { backbone: 'Small' };
  await assert.rejects(demandWasmRoom(specOf({ autoencoders: { batchSize: 512 }, combined }), uncounted), refusal(/the autoencoder network with batches of 512 .*The largest batch that fits is \d+:/));
  const overrides = [{ observation: 'Edema', batchSize: 300 }];
  await assert.rejects(demandWasmRoom(specOf({ autoencoders: { overrides }, combined }), uncounted), refusal(/the autoencoder network with batches of 300 /));
});

test('demandWasmRoom() refuses a combined model that does not fit beside the autoencoders that will be trained', async () => {
  const study = specOf({ combined: { backbone: 'InceptionResNetV2', backboneWeights: 'Random' } });
  await assert.rejects(demandWasmRoom(study, counts(() => 10)), refusal(/the combined and baseline networks with batches of 64 .* beside 15 frozen networks\. Not even a batch of one film fits/));
  await demandWasmRoom(study, counts((label) => (label === labelOf('Edema') ? 10 : 0)));
});
