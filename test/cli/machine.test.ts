import assert from 'node:assert/strict';
import { test } from 'node:test';
import { specSchema } from '../../src/api/schema.ts';
import type { Machine } from '../../src/cli/machine.ts';
import { machineSettings } from '../../src/cli/machine.ts';

const gigabyte = 2 ** 30;

function threadsOf({ cores, memory = 64, engine = 'wasm', ...fields }: { cores: number; memory?: number; engine?: 'wasm' | 'native' } & Record<string, unknown>) {
  const spec = specSchema.parse({ dataset: { uri: 'file:///data' }, output: { uri: 'file:///runs' }, ...fields });
  const machine = { cores, memoryBytes: memory * gigabyte, gpus: 0, hasNative: false, version: '0' } as Partial<Machine> as Machine;
  const metadata = { namespace: 'default', name: 'study', uid: '1', generation: 1 };
  return machineSettings({ metadata, spec }, { machine, engine }).threads;
}

test('machineSettings() gives a training that is alone all cores, and shares them among autoencoders that run at a time', () => {
  assert.deepEqual(threadsOf({ cores: 4 }), { autoencoders: 4, combined: 1 });
  assert.deepEqual(threadsOf({ cores: 4, autoencoders: { maxParallel: 2 } }), { autoencoders: 2, combined: 1 });
  assert.deepEqual(threadsOf({ cores: 2, autoencoders: { maxParallel: 14 } }), { autoencoders: 1, combined: 1 });
  assert.deepEqual(threadsOf({ cores: 4, engine: 'native', autoencoders: { maxParallel: 2 } }), { autoencoders: 2, combined: 4 });
});

test('machineSettings() gives wasm no thread that waits for an observation which is not there', () => {
  assert.deepEqual(threadsOf({ cores: 4, observations: ['Edema'], autoencoders: { maxParallel: 4 } }), { autoencoders: 4, combined: 1 });
});

test('machineSettings() gives wasm no more threads than there are heaps in memory, and eight films of a batch for each', () => {
  assert.deepEqual(threadsOf({ cores: 16, memory: 15.5 }), { autoencoders: 4, combined: 1 });
  assert.deepEqual(threadsOf({ cores: 16, memory: 1 }), { autoencoders: 1, combined: 1 });
  assert.deepEqual(threadsOf({ cores: 16, autoencoders: { batchSize: 16 } }), { autoencoders: 2, combined: 1 });
});
