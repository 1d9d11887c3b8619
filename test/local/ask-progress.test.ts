import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { askProgress } from '../../src/local/ask-progress.ts';

test('askProgress() gives the last word of a worker that is kept from answering, and its answer when it comes', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-ask-test-'));
  const socket = path.join(folder, 'worker');
  const waiting: ServerResponse[] = [];
  const server = createServer((_request, response) => void waiting.push(response));
  t.after(async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  });
  const ask = askProgress(socket);
  assert.equal(await ask(), null, 'nobody listens yet');

  await new Promise<void>((resolve) => server.listen(socket, resolve));
  /** Asks again until it is so, while the worker answers what it was asked. */
  const until = async (expected: string) => {
    while ((await ask()) !== expected) for (const response of waiting.splice(0)) response.end(expected);
  };
  await until('first');

  assert.deepEqual([await ask(), await ask(), await ask()], ['first', 'first', 'first']);
  while (waiting.length === 0) await turn();
  assert.equal(waiting.length, 1, 'the question stays with the worker and is not put again');
  await until('second');
});
