import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Queue } from '../../src/kube/queue.ts';
import type { EndedPass, Pass } from '../../src/kube/workers.ts';
import { Workers } from '../../src/kube/workers.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const deaf = { onAdd() {}, onRetry() {}, onTake() {}, onDone() {} };

function someWorkers(options: { pass: (key: string, signal: AbortSignal, clock: FakeClock) => ReturnType<Pass>; count?: number }) {
  const clock = new FakeClock();
  const queue = new Queue({ clock, observer: deaf });
  const ended: EndedPass[] = [];
  const { pass, ...rest } = options;
  const workers = new Workers({ queue, clock, pass: (key, signal) => pass(key, signal, clock), observer: { onPass: (end) => void ended.push(end) }, ...rest });
  workers.start();
  return { clock, queue, workers, ended };
}

test('Workers make eight passes at once and no more, each over a key of its own', async () => {
  let most = 0;
  const atWork = new Set<string>();
  const { clock, queue, workers, ended } = someWorkers({
    pass: async (key, _signal, time) => {
      assert.ok(!atWork.has(key));
      atWork.add(key);
      most = Math.max(most, atWork.size);
      queue.add('n0');
      await time.wait(1000);
      atWork.delete(key);
      return { kind: 'success' };
    },
  });
  for (let index = 0; index < 20; index += 1) queue.add(`n${index}`);
  await clock.advance(0);
  assert.equal(workers.active, 8);
  await clock.advance(3000);
  assert.equal(most, 8);
  assert.ok(new Set(ended.map(({ key }) => key)).size === 20);
  assert.ok(ended.every(({ result, seconds }) => result === 'success' && seconds === 1));
});

test('Workers count what a pass throws, at once or later, and try it again', async () => {
  const thrown = [new TypeError('no such field'), 'a string'];
  const { clock, queue, ended } = someWorkers({
    pass: (key) => {
      const fault = thrown.shift();
      if (fault instanceof Error) throw fault;
      if (fault !== undefined) return Promise.reject(fault);
      return Promise.resolve(key === 'a' ? { kind: 'requeue_after', milliseconds: 1000 } : { kind: 'requeue' });
    },
    count: 1,
  });
  queue.add('a');
  await clock.advance(100);
  assert.deepEqual(ended.map(({ result, error }) => [result, error]), [['error', new TypeError('no such field')], ['error', 'a string'], ['requeue_after', null]]);
  await clock.advance(1000);
  assert.equal(ended.length, 4);
  queue.add('b');
  await clock.advance(0);
  assert.equal(ended.at(-1)?.result, 'requeue');
});

test('Workers tell a pass after 60 s that its time is up; until it has really ended no other works on its key', async () => {
  let release = () => {};
  const reasons: unknown[] = [];
  let begun = 0;
  const { clock, queue, workers, ended } = someWorkers({
    pass: async (key, signal) => {
      if (key === 'slow') begun += 1;
      if (key === 'quick' || begun > 1) return { kind: 'success' };
      signal.addEventListener('abort', () => reasons.push(signal.reason));
      await new Promise<void>((resolve) => (release = resolve));
      return { kind: 'success' };
    },
    count: 1,
  });
  queue.add('slow');
  queue.add('quick');
  await clock.advance(59_999);
  assert.deepEqual([ended, reasons], [[], []]);
  await clock.advance(1);
  assert.match(String(reasons[0]), /Cannot end the pass over slow: it takes longer than 60 s/);
  assert.deepEqual(ended.map(({ key, result, isTimeOut }) => [key, result, isTimeOut]), [['slow', 'error', true], ['quick', 'success', false]]);
  queue.add('slow');
  await clock.advance(60_000);
  assert.deepEqual([begun, workers.active, queue.activeSeconds()], [1, 0, [120]]);
  release();
  await clock.advance(10);
  assert.deepEqual([begun, ended.length, queue.activeSeconds()], [2, 3, []]);
});

test('Workers stop when the passes at work have ended, and begin no other', async () => {
  const { clock, queue, workers, ended } = someWorkers({
    pass: async (_key, _signal, time) => {
      await time.wait(5000);
      return { kind: 'requeue' };
    },
    count: 2,
  });
  for (const key of ['a', 'b', 'c']) queue.add(key);
  await clock.advance(1000);
  let isStopped = false;
  const stopping = workers.stop().then(() => (isStopped = true));
  await clock.advance(3999);
  assert.equal(isStopped, false);
  await clock.advance(1);
  await stopping;
  assert.deepEqual(ended.map(({ key, result }) => [key, result]), [['a', 'requeue'], ['b', 'requeue']]);
  assert.equal(clock.sleepers, 0);
});

test('Workers wait 20 s for the last passes, then tell them to stop', async () => {
  const { clock, queue, workers, ended } = someWorkers({ pass: (_key, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))) });
  queue.add('a');
  await clock.advance(0);
  let isStopped = false;
  const stopping = workers.stop().then(() => (isStopped = true));
  await clock.advance(19_999);
  assert.equal(isStopped, false);
  await clock.advance(1);
  await stopping;
  assert.match(String(ended[0]?.error), /Cannot wait for the last passes: they take longer than 20 s/);
  assert.equal(ended[0]?.isTimeOut, false);
});

test('Workers that have nothing to do stop at once', async () => {
  const { clock, workers } = someWorkers({ pass: async () => ({ kind: 'success' }) });
  await workers.stop();
  assert.deepEqual([workers.active, workers.count, clock.sleepers], [0, 8, 0]);
});
