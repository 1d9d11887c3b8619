import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodePng } from '../../src/imaging/codec.ts';
import { memoryStorage } from '../../src/storage/memory.ts';
import { openEventLog } from '../../src/training/event-log.ts';
import { pythonOrSkip, runPython } from '../oracles/oracles.ts';

const scalar = (value: number) => [{ kind: 'scalar' as const, tag: 'loss/train', value }];

function someLog() {
  const storage = memoryStorage();
  const folder = 'memory://runs/logs';
  let clock = 1_700_000_000_000;
  const log = openEventLog({ storage, folder, fence: () => Promise.resolve(), now: () => (clock += 500) });
  const files = async () => (await Array.fromAsync(storage.list(folder))).map(({ uri }) => uri.slice(folder.length + 1));
  return { storage, folder, log, files };
}

test('openEventLog: each flush closes a file named by its first step, and writes none for nothing', async () => {
  const { log, files } = someLog();
  log.add(10, scalar(3));
  log.add(20, scalar(2));
  await log.flush();
  await log.flush();
  log.add(30, scalar(1));
  await log.flush();
  assert.deepEqual(await files(), ['events.out.tfevents.0000000010.chex', 'events.out.tfevents.0000000030.chex']);
});

test('rewind: removes what was logged after the step and forgets what was not written yet', async () => {
  const { log, files } = someLog();
  for (const step of [10, 20, 30]) {
    log.add(step, scalar(step));
    await log.flush();
  }
  log.add(40, scalar(40));
  await log.rewind(20);
  await log.flush();
  assert.deepEqual(await files(), ['events.out.tfevents.0000000010.chex', 'events.out.tfevents.0000000020.chex']);
});

test('openEventLog: TensorFlow reads its scalars and pictures', async (t) => {
  if (!pythonOrSkip(t)) return;
  const { storage, folder, log, files } = someLog();
  log.add(12, scalar(0.25));
  const encoded = await encodePng({ width: 3, height: 2, pixels: new Uint8Array(6).fill(9) });
  log.add(12, [{ kind: 'image', tag: 'original/1', image: { width: 3, height: 2, channels: 1, encoded } }]);
  await log.flush();
  const [file = ''] = await files();
  const events: unknown = JSON.parse(runPython('read_events.py', await storage.read(`${folder}/${file}`)));
  assert.deepEqual(events, [
    { step: 12, tag: 'loss/train', value: 0.25 },
    { step: 12, tag: 'original/1', height: 2, width: 3, picture: [9, 9, 9, 9, 9, 9] },
  ]);
});
