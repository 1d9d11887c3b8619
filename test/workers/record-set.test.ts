import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { memoryStorage } from '../../src/storage/memory.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { crc32c } from '../../src/tfrecord/crc32c.ts';
import { RecordSet, type Records } from '../../src/workers/record-set.ts';

const uri = 'memory://run/all.tfrecord';
function record(number: number, length = 100_000): Records {
  const bytes = new Uint8Array(length).fill(number);
  return { bytes, count: 1, crc32c: crc32c(bytes) };
}

function storageThat(write: (body: AsyncIterable<Uint8Array>) => Promise<void>): Storage {
  return {
    ...memoryStorage(),
    write: async (_, body) => {
      await write(body as AsyncIterable<Uint8Array>);
      return { etag: '1' };
    },
  };
}

test('RecordSet writes its records one after the other and sums them up', async () => {
  const storage = memoryStorage();
  const set = new RecordSet(storage, uri);
  const records = Array.from({ length: 9 }, (_, number) => record(number, 1 + number * 40_000));
  for (const one of records) {
    const bytes = one.bytes.slice();
    await set.add({ ...one, bytes });
    // Theirs no longer.
    bytes.fill(255);
  }
  const summary = await set.finish();
  const expected = Buffer.concat(records.map(({ bytes }) => bytes));
  assert.deepEqual(Buffer.from(await storage.read(uri)), expected);
  assert.deepEqual(summary, { records: 9, sizeBytes: expected.length, crc32c: crc32c(expected).toString(16).padStart(8, '0') });
});

test('RecordSet waits for a slow storage and keeps nothing of what was taken', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let taken = 0;
  const set = new RecordSet(
    storageThat(async (body) => {
      for await (const piece of body) taken += piece.length;
    }),
    uri,
  );
  collect();
  const before = process.memoryUsage().arrayBuffers;
  let added = 0;
  for (let number = 0; number < 1000; number += 1) {
    await set.add(record(number % 256));
    added += 100_000;
    assert.ok(added - taken < 1_000_000, `${added - taken} bytes wait`);
  }
  // V8 frees buffers on a thread of its own, some time after the collection that found them.
  let kept = Infinity;
  for (let look = 0; look < 3000 && kept >= 10e6; look += 1) {
    collect();
    await setTimeout(20);
    kept = process.memoryUsage().arrayBuffers - before;
  }
  assert.ok(kept < 10e6, `${kept} bytes of 100 MB are kept`);
  await set.finish();
});

for (const [when, pieces] of [['at once', 0], ['after two pieces', 2]] as const) {
  test(`RecordSet tells the failure of a storage that fails ${when}, and does not hang`, async () => {
    const full = new Error('no space');
    const set = new RecordSet(
      storageThat(async (body) => {
        let left: number = pieces;
        if (left === 0) throw full;
        for await (const _ of body) if (--left === 0) throw full;
      }),
      uri,
    );
    const addMany = async () => {
      for (let number = 0; number < 30; number += 1) await set.add(record(number));
      await set.finish();
    };
    await assert.rejects(addMany(), full);
    await set.abandon(full);
  });
}

test('RecordSet that is abandoned leaves no file', async () => {
  const storage = memoryStorage();
  const set = new RecordSet(storage, uri);
  for (let number = 0; number < 5; number += 1) await set.add(record(number));
  await set.abandon(new Error('stopped'));
  assert.equal(await storage.head(uri), null);
});
