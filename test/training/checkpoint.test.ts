import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensors } from '../../src/engines/engine.ts';
import { memoryStorage } from '../../src/storage/memory.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { Checkpoints } from '../../src/training/checkpoint.ts';
import type { Checkpoint, CheckpointOptions } from '../../src/training/checkpoint.ts';
import { atStart } from '../../src/training/position.ts';

const folder = 'memory://runs/checkpoints';
const tensors = (value: number): Tensors => new Map([['code/kernel', { shape: [2], values: Float32Array.of(value, -value) }]]);

function aCheckpoint(updates: number, bestEpoch: number | null = null): Checkpoint {
  return {
    position: { ...atStart, epoch: 1, batch: updates, running: { weight: 3, sums: { loss: 0.1 + 0.2 } }, history: [{ train: { loss: 1 / 3 }, validation: null }], films: 9, seconds: 1.5 },
    state: { weights: tensors(updates), firstMoments: tensors(0.1), secondMoments: tensors(0.2), updates },
    best: bestEpoch === null ? null : { epoch: bestEpoch, weights: tensors(100 + bestEpoch) },
  };
}

function open(storage: Storage, options: Partial<CheckpointOptions> = {}) {
  const warnings: string[] = [];
  const checkpoints = new Checkpoints({
    ...{ storage, folder, digest: 'a', run: 1, engine: { name: 'wasm', threads: 1 } },
    fence: () => Promise.resolve(),
    warn: (message) => warnings.push(message),
    ...options,
  });
  return { checkpoints, warnings };
}

const namesIn = async (storage: Storage) => (await Array.fromAsync(storage.list(folder))).map(({ uri }) => uri.slice(folder.length + 1));

test('newest: gives back what was saved, to the last bit', async () => {
  const storage = memoryStorage();
  await open(storage).checkpoints.save(aCheckpoint(7, 1));
  const { checkpoints, warnings } = open(storage);
  assert.deepEqual(await checkpoints.newest(), aCheckpoint(7, 1));
  assert.deepEqual(warnings, []);
});

test('newest: there is none in an empty folder, nor of another digest', async () => {
  const storage = memoryStorage();
  assert.equal(await open(storage).checkpoints.newest(), null);
  await open(storage).checkpoints.save(aCheckpoint(7));
  assert.equal(await open(storage, { digest: 'b' }).checkpoints.newest(), null);
});

test('save: keeps the newest two and the best weights they name', async () => {
  const storage = memoryStorage();
  const { checkpoints } = open(storage);
  for (const [updates, bestEpoch] of [[10, 1], [20, 2], [30, 2], [40, 4]] as const) await checkpoints.save(aCheckpoint(updates, bestEpoch));
  assert.deepEqual(await namesIn(storage), ['best-000002.safetensors', 'best-000004.safetensors', 'step-0000000030.safetensors', 'step-0000000040.safetensors']);
});

test('save: after resuming, clears what another training left', async () => {
  const storage = memoryStorage();
  await open(storage, { digest: 'b' }).checkpoints.save(aCheckpoint(90, 3));
  const { checkpoints } = open(storage);
  assert.equal(await checkpoints.newest(), null);
  await checkpoints.save(aCheckpoint(5));
  assert.deepEqual(await namesIn(storage), ['step-0000000005.safetensors']);
});

for (const [damage, broken] of [['step', 'step-0000000020.safetensors'], ['best', 'best-000002.safetensors']] as const) {
  test(`newest: a damaged ${damage} file sends it to the checkpoint before, with a warning`, async () => {
    const storage = memoryStorage();
    const { checkpoints } = open(storage);
    await checkpoints.save(aCheckpoint(10, 1));
    await checkpoints.save(aCheckpoint(20, 2));
    const bytes = await storage.read(`${folder}/${broken}`);
    bytes[bytes.length - 1] = bytes.at(-1)! ^ 1;
    await storage.write(`${folder}/${broken}`, bytes);
    const again = open(storage);
    assert.deepEqual(await again.checkpoints.newest(), aCheckpoint(10, 1));
    assert.match(again.warnings.join(), /Cannot use the checkpoint .*step-0000000020\.safetensors: its checksum is wrong/);
  });
}

test('newest: a lost best file counts as damage', async () => {
  const storage = memoryStorage();
  const { checkpoints } = open(storage);
  await checkpoints.save(aCheckpoint(10, 1));
  await checkpoints.save(aCheckpoint(20, 2));
  await storage.remove(`${folder}/best-000002.safetensors`);
  assert.deepEqual(await open(storage).checkpoints.newest(), aCheckpoint(10, 1));
});

test('newest: a checkpoint of another engine or thread count is used, with a warning', async () => {
  const storage = memoryStorage();
  await open(storage).checkpoints.save(aCheckpoint(7));
  const { checkpoints, warnings } = open(storage, { engine: { name: 'native', threads: 2 } });
  assert.deepEqual(await checkpoints.newest(), aCheckpoint(7));
  assert.match(warnings.join(), /made by wasm on 1 threads, now it is native on 2/);
});

test('save: asks the fence first and writes nothing when it throws', async () => {
  const storage = memoryStorage();
  const { checkpoints } = open(storage, { fence: () => Promise.reject(new Error('lost the lock')) });
  await assert.rejects(checkpoints.save(aCheckpoint(7)), /lost the lock/);
  assert.deepEqual(await namesIn(storage), []);
});
