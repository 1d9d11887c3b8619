import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { Storage, StorageErrorKind } from '../../src/storage/storage.ts';
import { isStorageError } from '../../src/storage/storage.ts';
import { childUri, pathBelow } from '../../src/storage/uri.ts';

export interface Subject {
  readonly storage: Storage;
  /** An empty folder of this test's own. */
  readonly root: string;
}

const mebibyte = 1024 * 1024;

/** What every form of Storage promises. `prepare` returns null after skipping the test. */
export function testStorage(form: string, prepare: (t: TestContext) => Promise<Subject | null>): void {
  function promise(sentence: string, check: (subject: Subject) => Promise<void>): void {
    test(`${form}: ${sentence}`, async (t) => {
      const subject = await prepare(t);
      if (subject !== null) await check(subject);
    });
  }

  promise('read() and stream() give back what write() wrote', async ({ storage, root }) => {
    for (const [name, bytes] of [['empty', new Uint8Array()], ['bytes', allBytes()], ['large', patterned(17 * mebibyte)]] as const) {
      await storage.write(`${root}/${name}`, bytes);
      assert.equal(digestOf(await storage.read(`${root}/${name}`)), digestOf(bytes), name);
      assert.equal(digestOf(await joined(storage.stream(`${root}/${name}`))), digestOf(bytes), name);
      assert.equal((await storage.head(`${root}/${name}`))?.sizeBytes, bytes.length, name);
    }
  });

  promise('write() is done with a piece when it asks for the next', async ({ storage, root }) => {
    const piece = new Uint8Array(5 * mebibyte);
    async function* pieces() {
      for (const value of [1, 2, 3, 4]) yield piece.fill(value);
    }
    await storage.write(`${root}/pieces`, pieces());
    const expected = Buffer.concat([1, 2, 3, 4].map((value) => Buffer.alloc(piece.length, value)));
    assert.equal(digestOf(await storage.read(`${root}/pieces`)), digestOf(expected));
  });

  promise('write(), head() and list() agree on the etag, and a new content has another', async ({ storage, root }) => {
    const uri = `${root}/a/b.json`;
    const first = await storage.write(uri, Buffer.from('one'));
    assert.match(first.etag, /^[^"]+$/);
    assert.deepEqual(await storage.head(uri), { uri, sizeBytes: 3, etag: first.etag });
    assert.deepEqual(await Array.fromAsync(storage.list(root)), [{ uri, sizeBytes: 3, etag: first.etag }]);
    const second = await storage.write(uri, Buffer.from('two'));
    assert.notEqual(second.etag, first.etag);
    assert.equal(textOf(await storage.read(uri)), 'two');
  });

  promise('what is absent is NotFound to read, null to head(), nothing to list() and fine to remove()', async ({ storage, root }) => {
    const uri = `${root}/absent.json`;
    await rejects(() => storage.read(uri), 'NotFound', `Cannot read ${uri}: nothing is there`);
    await rejects(() => joined(storage.stream(uri)), 'NotFound', `Cannot read ${uri}: nothing is there`);
    assert.equal(await storage.head(uri), null);
    assert.deepEqual(await Array.fromAsync(storage.list(`${root}/absent`)), []);
    await storage.remove(uri);
  });

  promise('a folder is not an object', async ({ storage, root }) => {
    await storage.write(`${root}/folder/film.jpg`, Buffer.from('x'));
    await rejects(() => storage.read(`${root}/folder`), 'NotFound');
    assert.equal(await storage.head(`${root}/folder`), null);
    await storage.remove(`${root}/folder`);
    assert.equal(textOf(await storage.read(`${root}/folder/film.jpg`)), 'x');
  });

  promise('remove() removes one object and leaves its neighbours', async ({ storage, root }) => {
    for (const name of ['a', 'b/c', 'b/d']) await storage.write(`${root}/${name}`, Buffer.from(name));
    await storage.remove(`${root}/b/c`);
    assert.deepEqual(await pathsBelow(storage, root), ['a', 'b/d']);
  });

  promise('write() takes 20 MiB in pieces of any size, and stream() gives them in bounded pieces', async ({ storage, root }) => {
    const bytes = patterned(20 * mebibyte + 7);
    await storage.write(`${root}/big`, inPieces(bytes, 999_983));
    let largest = 0;
    const hash = createHash('sha256');
    for await (const piece of storage.stream(`${root}/big`)) {
      largest = Math.max(largest, piece.length);
      hash.update(piece);
    }
    assert.equal(hash.digest('hex'), digestOf(bytes));
    assert.ok(largest <= 2 * mebibyte, `a piece of ${largest} bytes`);
    assert.equal((await storage.head(`${root}/big`))?.sizeBytes, bytes.length);
  });

  promise('write() of an iterable that gives nothing, or little, makes a whole object', async ({ storage, root }) => {
    await storage.write(`${root}/nothing`, inPieces(new Uint8Array(), 1));
    await storage.write(`${root}/little`, inPieces(Buffer.from('abc'), 1));
    assert.equal((await storage.read(`${root}/nothing`)).length, 0);
    assert.equal(textOf(await storage.read(`${root}/little`)), 'abc');
  });

  for (const [how, body] of [
    ['an array', (bytes: Uint8Array) => bytes],
    ['an iterable', (bytes: Uint8Array) => inPieces(bytes, 700_001)],
  ] as const) {
    for (const size of [3, 18 * mebibyte]) {
      promise(`write() of ${size} bytes as ${how} keeps its conditions`, async ({ storage, root }) => {
        const uri = `${root}/conditional`;
        const bytes = patterned(size);
        await rejects(() => storage.write(uri, body(bytes), { ifMatch: '0123456789abcdef0123456789abcdef' }), 'PreconditionFailed', `Cannot write ${uri}: it has changed since it was read`);
        assert.equal(await storage.head(uri), null);
        const { etag } = await storage.write(uri, body(bytes), { ifNoneMatch: '*' });
        await rejects(() => storage.write(uri, body(patterned(size + 1)), { ifNoneMatch: '*' }), 'PreconditionFailed', `Cannot write ${uri}: something is already there`);
        const next = await storage.write(uri, body(patterned(size + 2)), { ifMatch: etag });
        await rejects(() => storage.write(uri, body(patterned(size + 3)), { ifMatch: etag }), 'PreconditionFailed');
        assert.deepEqual(await storage.head(uri), { uri, sizeBytes: size + 2, etag: next.etag });
      });
    }
  }

  promise('of 16 parallel write()s with ifNoneMatch exactly one wins', async ({ storage, root }) => {
    const uri = `${root}/marker.json`;
    const winner = await soleWinner((writer) => storage.write(uri, Buffer.from(`writer ${writer}`), { ifNoneMatch: '*' }));
    assert.equal(textOf(await storage.read(uri)), `writer ${winner}`);
  });

  promise('of 16 parallel write()s with ifMatch exactly one wins', async ({ storage, root }) => {
    const uri = `${root}/lock.json`;
    const { etag } = await storage.write(uri, Buffer.from('old'));
    const winner = await soleWinner((writer) => storage.write(uri, Buffer.from(`writer ${writer}`), { ifMatch: etag }));
    assert.equal(textOf(await storage.read(uri)), `writer ${winner}`);
  });

  promise('odd names come back from list() as they were written', async ({ storage, root }) => {
    const names = ['two words.jpg', 'a+b=c&d.jpg', '100%25.jpg', '50%.jpg', 'früh/ф/漢字.png', "it's (1) [x] {y} #1?.jpg", '🩻.jpg', '~a_b-c,d;e@f!.txt'];
    for (const name of names) await storage.write(childUri(root, name), Buffer.from(name));
    assert.deepEqual((await pathsBelow(storage, root)).sort(), [...names].sort());
    for await (const { uri } of storage.list(root)) {
      assert.equal(textOf(await storage.read(uri)), pathBelow(root, uri));
      assert.deepEqual((await storage.head(uri))?.uri, uri);
    }
    for (const name of names) await storage.remove(childUri(root, name));
    assert.deepEqual(await pathsBelow(storage, root), []);
  });

  promise('list() gives more than 1,000 objects in order of bytes, those of the folder alone', async ({ storage, root }) => {
    const folder = `${root}/films`;
    // '-' and '.' sort before '/', '0' after it: names of files and of folders interleave; the astral one sorts last.
    const names = ['p/a', 'p-1', 'p.jpg', 'p0', 'p/b/c', 'ｆ.jpg', '🩻.jpg', ...Array.from({ length: 1040 }, (_, index) => `shard/${String(index).padStart(4, '0')}.json`)];
    for (let at = 0; at < names.length; at += 40) {
      await Promise.all(names.slice(at, at + 40).map((name) => storage.write(`${folder}/${name}`, Buffer.from('x'))));
    }
    await storage.write(`${root}/films2/not-this.jpg`, Buffer.from('x'));
    const inOrder = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    assert.deepEqual(await pathsBelow(storage, folder), inOrder);
    assert.deepEqual(await pathsBelow(storage, `${folder}/`), inOrder, 'with a slash at the end');
  });

  promise('list() can be left early', async ({ storage, root }) => {
    for (const name of ['a', 'b', 'c']) await storage.write(`${root}/${name}`, Buffer.from(name));
    for await (const { uri } of storage.list(root)) {
      assert.equal(uri, `${root}/a`);
      break;
    }
  });

  promise('a signal stops read() and stream() with Aborted', async ({ storage, root }) => {
    const uri = `${root}/long`;
    await storage.write(uri, patterned(9 * mebibyte));
    await rejects(() => storage.read(uri, { signal: AbortSignal.abort() }), 'Aborted', `Cannot go on with ${uri}: it was interrupted`);
    await rejects(() => joined(storage.stream(uri, { signal: AbortSignal.abort() })), 'Aborted');
    const controller = new AbortController();
    let pieces = 0;
    await rejects(async () => {
      for await (const piece of storage.stream(uri, { signal: controller.signal })) {
        if (piece.length > 0 && ++pieces === 2) controller.abort();
      }
    }, 'Aborted');
    assert.equal(pieces, 2);
  });

  promise('streams that are left early cost nothing later', async ({ storage, root }) => {
    const uri = `${root}/left`;
    await storage.write(uri, patterned(4 * mebibyte));
    for (let i = 0; i < 60; i++) {
      for await (const piece of storage.stream(uri)) {
        assert.ok(piece.length > 0);
        break;
      }
    }
    assert.equal((await storage.read(uri)).length, 4 * mebibyte);
  });

  for (const size of [0, 5, 22 * mebibyte]) {
    promise(`a body that fails after ${size} bytes passes its error on and leaves what was there`, async ({ storage, root }) => {
      const failure = new Error('the film vanished');
      await assert.rejects(() => storage.write(`${root}/new`, failing(size, failure)), (error) => error === failure);
      assert.deepEqual(await pathsBelow(storage, root), []);
      await storage.write(`${root}/old`, Buffer.from('old'));
      await assert.rejects(() => storage.write(`${root}/old`, failing(size, failure)), (error) => error === failure);
      assert.equal(textOf(await storage.read(`${root}/old`)), 'old');
    });
  }

  promise('readers at the same time see an old or a new content, never a mixture', async ({ storage, root }) => {
    const uri = `${root}/changing`;
    const content = (version: number) => new Uint8Array(200_000 + version).fill(version);
    await storage.write(uri, content(0));
    let isWriting = true;
    const writing = (async () => {
      for (let version = 1; version <= 15; version++) await storage.write(uri, version % 2 === 0 ? content(version) : inPieces(content(version), 50_000));
      isWriting = false;
    })();
    let reads = 0;
    const reading = Array.from({ length: 3 }, async () => {
      while (isWriting) {
        const bytes = await storage.read(uri);
        const version = bytes[0] ?? -1;
        assert.equal(Buffer.compare(bytes, content(version)), 0);
        reads++;
      }
    });
    await Promise.all([writing, ...reading]);
    assert.ok(reads > 0);
    assert.equal((await storage.read(uri))[0], 15);
  });
}

/** Fails unless `call` throws StorageError of the kind, with exactly this message if one is given. */
export async function rejects(call: () => Promise<unknown>, kind: StorageErrorKind, message?: string | RegExp): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(isStorageError(error), `${error}`);
    assert.equal(error.kind, kind, error.message);
    if (typeof message === 'string') assert.equal(error.message, message);
    else if (message !== undefined) assert.match(error.message, message);
    return true;
  });
}

export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Bytes that do not repeat with any power of two, so that a swapped or missing part shows. */
export function patterned(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += tile.length) bytes.set(tile.subarray(0, length - at), at);
  return bytes;
}

const tile = Uint8Array.from({ length: 100_003 }, (_, index) => (index * 2654435761) >>> 24);

export async function pathsBelow(storage: Storage, root: string): Promise<string[]> {
  return Array.fromAsync(storage.list(root), ({ uri }) => pathBelow(root.replace(/\/$/, ''), uri));
}

export async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(pieces));
}

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function allBytes(): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => byte);
}

async function* failing(size: number, failure: Error): AsyncGenerator<Uint8Array> {
  yield* inPieces(patterned(size), 400_000);
  throw failure;
}

async function soleWinner(write: (writer: number) => Promise<unknown>): Promise<number> {
  const outcomes = await Promise.allSettled(Array.from({ length: 16 }, (_, writer) => write(writer)));
  const losers = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  for (const reason of losers) assert.ok(isStorageError(reason, 'PreconditionFailed'), `${reason}`);
  assert.equal(losers.length, 15);
  return outcomes.findIndex(({ status }) => status === 'fulfilled');
}
