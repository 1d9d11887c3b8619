import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueueObserver } from '../../src/kube/queue.ts';
import { backgroundPriority, Queue } from '../../src/kube/queue.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

class Counts implements QueueObserver {
  adds = 0;
  retries = 0;
  readonly waited: number[] = [];
  readonly worked: number[] = [];
  onAdd = () => void (this.adds += 1);
  onRetry = () => void (this.retries += 1);
  onTake = (seconds: number) => void this.waited.push(seconds);
  onDone = (seconds: number) => void this.worked.push(seconds);
}

function aQueue() {
  const clock = new FakeClock();
  const counts = new Counts();
  return { clock, counts, queue: new Queue({ clock, observer: counts }) };
}

/** Takes whatever is ready, in its order, and is done with each at once. */
async function drain(queue: Queue): Promise<string[]> {
  const keys: string[] = [];
  while (queue.depths().size > 0) {
    const key = (await queue.take())!;
    keys.push(key);
    queue.done(key, { kind: 'success' });
  }
  return keys;
}

test('Queue gives a key out once, however often it was added, first come, first served', async () => {
  const { queue, counts } = aQueue();
  for (const key of ['a', 'b', 'a', 'c', 'b', 'a']) queue.add(key);
  assert.deepEqual([...queue.depths()], [[0, 3]]);
  assert.deepEqual(await drain(queue), ['a', 'b', 'c']);
  assert.equal(counts.adds, 3);
});

test('Queue gives a key to whoever waits for one', async () => {
  const { queue } = aQueue();
  const taken = [queue.take(), queue.take()];
  queue.add('a');
  queue.add('b');
  assert.deepEqual(await Promise.all(taken), ['a', 'b']);
});

test('Queue never gives out a key that a pass is at work on, and gives it out again afterwards', async () => {
  const { queue, clock, counts } = aQueue();
  queue.add('a');
  assert.equal(await queue.take(), 'a');
  queue.add('a');
  queue.add('a', { afterMilliseconds: 1000 });
  let second: string | null = null;
  void queue.take().then((key) => (second = key));
  await clock.advance(5000);
  assert.equal(second, null);
  assert.deepEqual([[...queue.depths()], queue.activeSeconds()], [[], [5]]);
  queue.done('a', { kind: 'success' });
  await clock.advance(0);
  assert.equal(second, 'a');
  queue.done('a', { kind: 'success' });
  await clock.advance(10_000);
  assert.deepEqual([[...queue.depths()], clock.sleepers], [[], 0]);
  assert.deepEqual([counts.waited, counts.worked], [[0, 0], [5, 0]]);
});

test('Queue holds a delayed key back while a pass is at work on it, also when its time comes', async () => {
  const { queue, clock } = aQueue();
  queue.add('a');
  await queue.take();
  queue.add('a', { afterMilliseconds: 1000 });
  await clock.advance(2000);
  assert.equal(queue.depths().size, 0);
  queue.done('a', { kind: 'success' });
  assert.deepEqual(await drain(queue), ['a']);
});

test('Queue gives the highest priority out first; a key that is added again keeps the highest of its own', async () => {
  const { queue } = aQueue();
  for (const key of ['a', 'b', 'c']) queue.add(key, { priority: backgroundPriority });
  queue.add('d');
  queue.add('c');
  queue.add('d', { priority: backgroundPriority });
  assert.deepEqual([...queue.depths()], [[backgroundPriority, 2], [0, 2]]);
  assert.deepEqual(await drain(queue), ['d', 'c', 'a', 'b']);
});

test('Queue keeps the earliest time of a delayed key, and the priority of the other', async () => {
  const { queue, clock } = aQueue();
  queue.add('a', { afterMilliseconds: 5000, priority: 3 });
  queue.add('a', { afterMilliseconds: 2000 });
  queue.add('a', { afterMilliseconds: 9000 });
  await clock.advance(1999);
  assert.equal(queue.depths().size, 0);
  await clock.advance(1);
  assert.deepEqual([...queue.depths()], [[3, 1]]);
  assert.deepEqual(await drain(queue), ['a']);
  await clock.advance(10_000);
  assert.equal(queue.depths().size, 0);
});

test('Queue gives a delayed key out at once when it is added without a delay', async () => {
  const { queue, clock } = aQueue();
  queue.add('a', { afterMilliseconds: 60_000 });
  queue.add('a');
  assert.deepEqual(await drain(queue), ['a']);
  assert.equal(clock.sleepers, 0);
});

test('Queue gives a key out once when it is added in the very moment in which its delay ends', async () => {
  let endDelay = () => {};
  const clock = { now: () => 0, wait: () => new Promise<void>((resolve) => (endDelay = resolve)) };
  const queue = new Queue({ clock, observer: new Counts() });
  queue.add('a', { afterMilliseconds: 1000 });
  endDelay();
  queue.add('a', { priority: 1 });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([...queue.depths()], [[1, 1]]);
  assert.deepEqual(await drain(queue), ['a']);
});

test('Queue gives a failed key out again after 5 ms, then twice that each time, at most 1000 s, until it succeeds', async () => {
  const { queue, clock, counts } = aQueue();
  queue.add('a');
  for (let failures = 0; failures <= 20; failures += 1) {
    if (failures > 0) {
      await clock.advance(Math.min(1_000_000, 5 * 2 ** (failures - 1)) - 1);
      assert.equal(queue.depths().size, 0, `after ${failures} failures`);
      await clock.advance(1);
    }
    assert.equal(queue.depths().size, 1, `after ${failures} failures`);
    queue.done((await queue.take())!, { kind: failures === 10 ? 'requeue' : 'error' });
  }
  assert.equal(counts.retries, 21);
  queue.add('a');
  assert.deepEqual(await drain(queue), ['a']);
  queue.add('a');
  queue.done((await queue.take())!, { kind: 'error' });
  await clock.advance(5);
  assert.deepEqual(await drain(queue), ['a']);
});

test('Queue gives a failed key out at once when it was added in the meantime, and once only', async () => {
  const { queue, clock } = aQueue();
  queue.add('a');
  await queue.take();
  queue.add('a');
  queue.done('a', { kind: 'error' });
  assert.deepEqual(await drain(queue), ['a']);
  await clock.advance(10_000);
  assert.equal(queue.depths().size, 0);
});

test('Queue gives a key out again when a pass asks for it, with its priority, and forgets its failures', async () => {
  const { queue, clock, counts } = aQueue();
  queue.add('a', { priority: backgroundPriority });
  queue.done((await queue.take())!, { kind: 'error' });
  await clock.advance(5);
  queue.done((await queue.take())!, { kind: 'requeue_after', milliseconds: 30_000 });
  await clock.advance(29_999);
  assert.equal(queue.depths().size, 0);
  await clock.advance(1);
  assert.deepEqual([...queue.depths()], [[backgroundPriority, 1]]);
  queue.done((await queue.take())!, { kind: 'error' });
  await clock.advance(5);
  assert.deepEqual(await drain(queue), ['a']);
  assert.equal(counts.retries, 2);
});

test('Queue gives nothing out once it is closed, whatever is ready, delayed, asked for or added', async () => {
  const { queue, clock } = aQueue();
  queue.add('a');
  await queue.take();
  const waiting = queue.take();
  queue.close();
  assert.equal(await waiting, null);
  queue.add('b');
  queue.done('a', { kind: 'error' });
  await clock.advance(60_000);
  assert.equal(await queue.take(), null);
  const other = aQueue();
  other.queue.add('c');
  other.queue.add('d', { afterMilliseconds: 10 });
  other.queue.close();
  assert.equal(await other.queue.take(), null);
  assert.equal(other.clock.sleepers, 0);
});

test('Queue refuses the end of a pass that it did not begin', () => {
  assert.throws(() => aQueue().queue.done('a', { kind: 'success' }), /Cannot end a pass over a: none is at work on it/);
});
