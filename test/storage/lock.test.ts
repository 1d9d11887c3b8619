import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LockOwner } from '../../src/storage/lock.ts';
import { LockHeldError, LockLostError, takeLock } from '../../src/storage/lock.ts';
import { memoryStorage } from '../../src/storage/memory.ts';
import type { Storage } from '../../src/storage/storage.ts';

const uri = 'memory://runs/default/chexpert/run.json';
const minute = 60_000;
const begin = Date.parse('2026-01-02T03:04:05.000Z');

/** One folder, one clock, and the processes that live on this machine. */
function scene() {
  const storage = memoryStorage();
  const world = { time: begin, dead: new Set<number>() };
  const take = (owner: LockOwner, through: Storage = storage) =>
    takeLock({ storage: through, uri, owner, now: () => world.time, isAlive: (pid) => !world.dead.has(pid) });
  const recorded = async (): Promise<unknown> => JSON.parse(Buffer.from(await storage.read(uri)).toString());
  return { storage, world, take, recorded };
}

const first: LockOwner = { uid: 'run-1', host: 'ward', pid: 10 };
const second: LockOwner = { uid: 'run-2', host: 'ward', pid: 20 };
const elsewhere: LockOwner = { uid: 'run-3', host: 'attic', pid: 10 };

test('takeLock() writes the owner, its beginning and its heartbeat; refresh() moves the heartbeat alone', async () => {
  const { world, take, recorded } = scene();
  const lock = await take(first);
  assert.deepEqual(await recorded(), { ...first, startedAt: '2026-01-02T03:04:05.000Z', heartbeat: '2026-01-02T03:04:05.000Z' });
  world.time += 2 * minute;
  await lock.refresh();
  assert.deepEqual(await recorded(), { ...first, startedAt: '2026-01-02T03:04:05.000Z', heartbeat: '2026-01-02T03:06:05.000Z' });
});

test('takeLock() refuses while another run lives, naming process, machine, time and what to do', async () => {
  const { world, take } = scene();
  await take(first);
  world.time += 5 * minute;
  for (const other of [second, elsewhere]) {
    await assert.rejects(
      () => take(other),
      (error) =>
        error instanceof LockHeldError &&
        error.message ===
          `Cannot start: this training is already run by process 10 on ward, since 2026-01-02T03:04:05.000Z (last sign of life 2026-01-02T03:04:05.000Z). Let it end or stop it there; five minutes after its last sign of life the lock ${uri} is free`,
    );
  }
});

test('takeLock() takes over after five minutes of silence, and the former owner learns it at its fence', async () => {
  const { world, take, recorded } = scene();
  const former = await take(first);
  world.time += 5 * minute + 1;
  const lock = await take(elsewhere);
  await lock.check();
  for (const act of [former.check, former.refresh]) {
    await assert.rejects(act, (error) => error instanceof LockLostError && error.message === `Cannot go on: process 10 on attic has taken over the lock ${uri}; nothing more is written here`);
  }
  await former.release();
  assert.equal((await recorded() as LockOwner).uid, 'run-3', 'the former owner removes nothing');
});

test('takeLock() takes over at once from a dead process of this machine, but not from its namesake elsewhere', async () => {
  const { world, take, recorded } = scene();
  await take(first);
  world.dead.add(10);
  await assert.rejects(() => take(elsewhere), LockHeldError);
  await take(second);
  assert.equal((await recorded() as LockOwner).uid, 'run-2');
});

test('processes of one run share the lock: a worker refreshes it, keeps its owner, and cannot release it', async () => {
  const { world, take, recorded } = scene();
  const owner = await take(first);
  const worker = await take({ ...first, pid: 11 });
  world.time += 3 * minute;
  await worker.refresh();
  await worker.check();
  await worker.release();
  assert.deepEqual(await recorded(), { ...first, startedAt: '2026-01-02T03:04:05.000Z', heartbeat: '2026-01-02T03:07:05.000Z' });
  await owner.release();
  await assert.rejects(() => worker.check(), (error) => error instanceof LockLostError && /was removed; start the run again/.test(error.message));
});

test('a process of the same run takes the lock over from its dead fellow and keeps the beginning', async () => {
  const { world, take, recorded } = scene();
  await take(first);
  world.dead.add(10);
  world.time += minute;
  await take({ ...first, pid: 12 });
  assert.deepEqual(await recorded(), { ...first, pid: 12, startedAt: '2026-01-02T03:04:05.000Z', heartbeat: '2026-01-02T03:05:05.000Z' });
});

test('release() frees the folder for the next run', async () => {
  const { storage, take } = scene();
  await (await take(first)).release();
  assert.equal(await storage.head(uri), null);
  await (await take(second)).check();
});

test('of eight runs that start at once on an empty folder, or over a stale lock, exactly one gets it', async () => {
  for (const stale of [false, true]) {
    const { world, take, recorded } = scene();
    if (stale) {
      await take({ uid: 'old', host: 'gone', pid: 1 });
      world.time += 6 * minute;
    }
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => take({ uid: `run-${index}`, host: `host-${index}`, pid: 1 })));
    const winners = outcomes.flatMap((outcome, index) => (outcome.status === 'fulfilled' ? [`run-${index}`] : []));
    assert.equal(winners.length, 1);
    assert.equal((await recorded() as LockOwner).uid, winners[0]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof LockHeldError, `${outcome.reason}`);
  }
});

test('eight workers that refresh at once all succeed', async () => {
  const { world, take, recorded } = scene();
  const locks = await Promise.all(Array.from({ length: 8 }, (_, index) => take({ ...first, pid: 30 + index })));
  world.time += minute;
  await Promise.all(locks.map((lock) => lock.refresh()));
  assert.equal((await recorded() as { heartbeat: string }).heartbeat, '2026-01-02T03:05:05.000Z');
});

test('takeLock() judges the content it replaces: a takeover between its look and its write is seen', async () => {
  const { storage, world, take } = scene();
  await take(first);
  world.time += 6 * minute;
  let isRaced = false;
  const racing: Storage = {
    ...storage,
    write: async (target, body, options) => {
      if (!isRaced) {
        isRaced = true;
        await take(elsewhere);
      }
      return storage.write(target, body, options);
    },
  };
  await assert.rejects(() => take(second, racing), (error) => error instanceof LockHeldError && error.message.includes('process 10 on attic'));
});

test('takeLock() refuses a run.json that no run has written', async () => {
  for (const content of ['', '{"uid": 1}', 'null', JSON.stringify({ ...first, startedAt: '2026-01-02T03:04:05.000Z', heartbeat: 'soon' })]) {
    const { storage, take } = scene();
    await storage.write(uri, Buffer.from(content));
    await assert.rejects(() => take(first), (error) => error instanceof LockHeldError && error.message === `Cannot start: ${uri} is not a lock as a run writes it; remove it if no run uses this folder`, content);
  }
});
