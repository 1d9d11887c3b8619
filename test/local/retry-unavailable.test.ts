import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryUnavailable } from '../../src/local/retry-unavailable.ts';
import { LockLostError } from '../../src/storage/lock.ts';
import { StorageError } from '../../src/storage/storage.ts';

const unavailable = () => new StorageError({ kind: 'Unavailable', uri: 's3://runs/status.json', message: 'Cannot write s3://runs/status.json: the server does not answer' });
const options = (told: string[], signal = new AbortController().signal) => ({ onWait: ({ message }: Error) => void told.push(message), signal, now: Date.now, firstMilliseconds: 1 });

test('retryUnavailable() goes on when storage is back, and tells of it once', async () => {
  const told: string[] = [];
  let calls = 0;
  const result = await retryUnavailable(async () => {
    calls += 1;
    if (calls < 4) throw unavailable();
    return 'written';
  }, options(told));
  assert.deepEqual([result, calls, told.length], ['written', 4, 1]);
});

test('retryUnavailable() throws a lost lock at once', async () => {
  const told: string[] = [];
  let calls = 0;
  const lost = retryUnavailable(async () => {
    calls += 1;
    throw new LockLostError('taken over');
  }, options(told));
  await assert.rejects(lost, LockLostError);
  assert.deepEqual([calls, told], [1, []]);
});

test('retryUnavailable() ends after five minutes, and at once when it is stopped', async () => {
  let minutes = 0;
  const late = { ...options([]), now: () => 60_000 * minutes++ };
  await assert.rejects(retryUnavailable(async () => Promise.reject(unavailable()), late), { kind: 'Unavailable' });
  assert.equal(minutes, 6);
  const stop = new AbortController();
  const stopped = retryUnavailable(async () => Promise.reject(unavailable()), { ...options([], stop.signal), onWait: () => stop.abort(), firstMilliseconds: 60_000 });
  await assert.rejects(stopped, { kind: 'Unavailable' });
});
