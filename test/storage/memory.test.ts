import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryStorage } from '../../src/storage/memory.ts';
import { testStorage, textOf } from './contract.ts';

testStorage('memoryStorage()', async () => ({ storage: memoryStorage(), root: 'memory://run' }));

test('memoryStorage() keeps its own copy of what is written and hands out copies', async () => {
  const storage = memoryStorage();
  const bytes = Buffer.from('before');
  await storage.write('memory://a', bytes);
  bytes.fill(0);
  (await storage.read('memory://a')).fill(0);
  for await (const piece of storage.stream('memory://a')) piece.fill(0);
  assert.equal(textOf(await storage.read('memory://a')), 'before');
});
