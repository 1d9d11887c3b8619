import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEarlierSpeed, readEarlierStatus } from '../../src/local/earlier-status.ts';
import { memoryStorage } from '../../src/storage/memory.ts';

const uri = 'memory:///runs/status.json';

async function storageWith(content: unknown) {
  const storage = memoryStorage();
  await storage.write(uri, new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content)));
  return storage;
}

const status = {
  startTime: '2026-01-01T00:00:00Z',
  workedSeconds: 12.5,
  stages: [{ stage: 'catalog', state: 'succeeded', run: 2, attempts: 3, seconds: 9.5, digest: 'x', result: { stage: 'catalog' } }, { stage: 'a later one' }],
  observations: [
    { observation: 'Edema', state: 'active', run: 1, attempts: 1, seconds: 4, job: { name: 'j', uid: 'u' }, imagesPerSecond: 20 },
    { observation: 'Fracture', imagesPerSecond: 40 },
  ],
};

test('readEarlierStatus() keeps the start and the sums, and trusts no result', async () => {
  const earlier = await readEarlierStatus(await storageWith(status), uri);
  assert.deepEqual([earlier?.startTime, earlier?.workedSeconds], [status.startTime, 12.5]);
  assert.deepEqual(earlier?.stages, [{ stage: 'catalog', state: 'waiting', run: 2, attempts: 3, seconds: 9.5 }]);
  assert.deepEqual(earlier?.observations, [
    { observation: 'Edema', state: 'waiting', run: 1, attempts: 1, seconds: 4 },
    { observation: 'Fracture', state: 'waiting', run: 0, attempts: 0, seconds: 0 },
  ]);
});

test('readEarlierStatus() starts anew where there is no status, or none of a training, and refuses what is not JSON', async () => {
  assert.equal(await readEarlierStatus(memoryStorage(), uri), undefined);
  for (const content of ['[]', { startTime: 7 }]) assert.equal(await readEarlierStatus(await storageWith(content), uri), undefined);
  for (const content of ['', '{"startTime": "2026']) await assert.rejects(readEarlierStatus(await storageWith(content), uri), /status\.json: it is not JSON; remove it/);
});

test('readEarlierSpeed() is the mean of what autoencoders measured, or unknown', async () => {
  assert.equal(await readEarlierSpeed(await storageWith(status), uri), 30);
  assert.equal(await readEarlierSpeed(await storageWith({ observations: [{}] }), uri), null);
});
