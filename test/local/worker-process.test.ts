import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { WorkerExit } from '../../src/local/worker-process.ts';
import { startWorker } from '../../src/local/worker-process.ts';

/** How a worker of these lines ends. */
function exitOf(t: TestContext, source: string): Promise<WorkerExit> {
  const folder = mkdtempSync(path.join(tmpdir(), 'chex-worker-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const program = { command: process.execPath, args: ['--eval', source], environment: process.env };
  return startWorker({ program, folder, name: 'worker', number: 1, args: [], env: {} }).exited;
}

/** Ends itself by a signal, after a line in its log. */
const endBy = (signal: NodeJS.Signals, line = '') => `require('node:fs').writeSync(1, ${JSON.stringify(line)}); process.kill(process.pid, '${signal}'); setTimeout(() => {}, 60000);`;

for (const { signal, line, words } of [
  { signal: 'SIGBUS', line: '{"message":"Engine"}\n', words: 'perhaps a library is cut short: try `npm run build:native`' },
  { signal: 'SIGKILL', line: '', words: 'perhaps for want of memory' },
  { signal: 'SIGILL', line: '{"message":"Engine"}\n', words: 'its log ends with: Engine' },
  { signal: 'SIGTERM', line: '', words: 'its log is empty' },
] as const) {
  test(`startWorker() names ${signal}, which ended a worker, and adds its number to 128`, async (t) => {
    const exitCode = 128 + constants.signals[signal];
    assert.deepEqual(await exitOf(t, endBy(signal, line)), { exitCode, message: `The worker was ended by ${signal}; ${words}` });
  });
}

test('startWorker() takes the exit code and the last line of a worker that ended by itself', async (t) => {
  assert.deepEqual(await exitOf(t, "console.log('no such film'); process.exitCode = 66"), { exitCode: 66, message: 'no such film' });
});

test('startWorker() takes the words that a worker left, however it ended', async (t) => {
  const leave = "require('node:fs').writeFileSync(process.env.CHEX_TERMINATION_LOG, 'saved');";
  assert.deepEqual(await exitOf(t, leave + endBy('SIGTERM')), { exitCode: 143, message: 'saved' });
});
