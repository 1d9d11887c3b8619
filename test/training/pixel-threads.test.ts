import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epochBatches, readPixels } from '../../src/training/batches.ts';
import { PixelThreads } from '../../src/training/pixel-threads.ts';
import { readAhead } from '../../src/training/read-ahead.ts';
import { openRecords } from './some-records.ts';

for (const threads of [1, 3]) {
  test(`PixelThreads: ${threads} of them give the batches of an epoch as they are read without any, the last one small, from any batch on`, async (t) => {
    const films = await (await openRecords(t, [[10, 11, 12], [13, 14]])).opened;
    const pixels = new PixelThreads(films, { batchSize: 6, threads });
    t.after(() => Promise.all([pixels.close(), films.close()]));
    for (const first of [0, 2]) {
      const visits = [...epochBatches({ films: 5, variants: 4, batchSize: 6, seed: 3 }, 1, first)];
      const read: Uint8Array[] = [];
      // Copied, for the memory is used again.
      for await (const batch of readAhead(visits, (each) => pixels.read(each))) read.push(batch.slice());
      assert.deepEqual(read, await Promise.all(visits.map((each) => readPixels(films, each))));
      assert.equal(read.at(-1)?.length, 2 * 64);
    }
  });
}

test('PixelThreads: a film that cannot be read fails its own batch in the words of the file, and no other', async (t) => {
  const films = await (await openRecords(t, [[10, 11]])).opened;
  const pixels = new PixelThreads(films, { batchSize: 2, threads: 1 });
  t.after(() => Promise.all([pixels.close(), films.close()]));
  await assert.rejects(pixels.read([{ film: 7, variant: 0 }]), /Cannot read film 7: there is none/);
  assert.equal((await pixels.read([{ film: 1, variant: 0 }]))[0], 11);
});

test('PixelThreads: close() ends the threads, and whoever waits or asks later is told', async (t) => {
  const films = await (await openRecords(t, [[10, 11]])).opened;
  t.after(() => films.close());
  const pixels = new PixelThreads(films, { batchSize: 2, threads: 2 });
  const asked = pixels.read([{ film: 0, variant: 0 }, { film: 1, variant: 0 }]);
  await Promise.all([pixels.close(), assert.rejects(asked, /their threads are closed/)]);
  await assert.rejects(pixels.read([{ film: 0, variant: 0 }]), /their threads are closed/);
});

test('readAhead: reads one item further than the one that is worked on, and throws an error in its turn', async () => {
  const asked: number[] = [];
  const read = (item: number) => {
    asked.push(item);
    return item === 3 ? Promise.reject(new Error('three')) : Promise.resolve(item);
  };
  const items = readAhead([1, 2, 3, 4], read);
  assert.deepEqual([(await items.next()).value, asked], [1, [1, 2]]);
  assert.deepEqual([(await items.next()).value, asked], [2, [1, 2, 3]]);
  await assert.rejects(items.next(), /three/);
});
