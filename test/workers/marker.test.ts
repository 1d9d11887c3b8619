import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryStorage } from '../../src/storage/memory.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { commitMarker, readMarker, revokeMarker, type Marker } from '../../src/workers/marker.ts';

const uri = 'memory://run/records/committed/train_01of01.json';
const [ours, theirs] = ['a'.repeat(64), 'b'.repeat(64)];

function aMarker(changes: Partial<Marker> = {}): Marker {
  return { digest: ours, run: 1, split: 'train', index: 0, of: 1, films: 3, images: Array<number>(14).fill(0), sets: {}, rejected: [], seconds: 1, ...changes };
}

test('commitMarker() leaves the marker of the worker that was first with the same digest', async () => {
  const storage = memoryStorage();
  await commitMarker(storage, uri, aMarker({ seconds: 1 }));
  await commitMarker(storage, uri, aMarker({ seconds: 2 }));
  assert.equal((await readMarker(storage, uri, ours))?.seconds, 1);
  assert.equal(await readMarker(storage, uri, theirs), null);
});

test('commitMarker() replaces the marker of another digest, and what is no marker', async () => {
  const storage = memoryStorage();
  await commitMarker(storage, uri, aMarker({ digest: theirs }));
  await commitMarker(storage, uri, aMarker());
  assert.deepEqual(await readMarker(storage, uri, ours), aMarker());
  await storage.write(uri, Buffer.from('{"films": '));
  assert.equal(await readMarker(storage, uri, ours), null);
  await commitMarker(storage, uri, aMarker());
  assert.deepEqual(await readMarker(storage, uri, ours), aMarker());
});

test('commitMarker() looks again when another worker writes between its look and its write', async () => {
  for (const [other, left] of [[aMarker({ seconds: 9 }), 9], [aMarker({ digest: theirs }), 1]] as const) {
    const storage = memoryStorage();
    let isFirst = true;
    const raced: Storage = {
      ...storage,
      write: async (...call) => {
        if (isFirst) await storage.write(uri, Buffer.from(JSON.stringify(other)));
        isFirst = false;
        return storage.write(...call);
      },
    };
    await commitMarker(raced, uri, aMarker());
    assert.equal((await readMarker(storage, uri, ours))?.seconds, left);
  }
});

test('revokeMarker() takes back another digest, not the one it is given, and keeps the rest for people', async () => {
  const storage = memoryStorage();
  await revokeMarker(storage, uri, ours);
  assert.equal(await storage.head(uri), null);
  const rejected = [{ path: 'train/a.jpg', reason: 'it is empty' }];
  await commitMarker(storage, uri, aMarker({ rejected }));
  await revokeMarker(storage, uri, ours);
  assert.equal((await readMarker(storage, uri, ours))?.films, 3);
  await revokeMarker(storage, uri, theirs);
  assert.equal(await readMarker(storage, uri, ours), null);
  assert.deepEqual((await readMarker(storage, uri, ''))?.rejected, rejected);
});
