/**
 * A worker that obeys the contract of `chex step` and computes nothing: results at once, or what CHEX_FAKE (JSON, by
 * stage or observation) asks of it: `{ seconds, exit, message, failures, ignoreTerm, warning, found }`. Every beat is a line in
 * CHEX_FAKE_BEATS, so that a test sees who writes and when.
 */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Step } from '../../src/plan/step.ts';
import { aResult } from '../results.ts';

interface Orders {
  readonly seconds?: number;
  readonly exit?: number;
  readonly message?: string;
  /** Fails so often before it succeeds. */
  readonly failures?: number;
  readonly ignoreTerm?: boolean;
  /** A line of its log that people should see. */
  readonly warning?: string;
  /** Answers as if the step had been finished before. */
  readonly found?: boolean;
}

const step = JSON.parse(process.env['CHEX_STEP'] ?? '') as Step;
const name = step.stage === 'autoencoders' ? step.observation : step.stage;
const all = JSON.parse(process.env['CHEX_FAKE'] ?? '{}') as Record<string, Orders>;
const orders = all[name] ?? {};
const beats = process.env['CHEX_FAKE_BEATS'];
const startedAt = Date.now();
const duration = (orders.seconds ?? 0) * 1000;

function beat(word: string): void {
  if (beats !== undefined) appendFileSync(beats, `${JSON.stringify({ name, index: process.env['JOB_COMPLETION_INDEX'], pid: process.pid, run: step.run, word, at: Date.now() })}\n`);
}

function end(exitCode: number, message: string): never {
  beat(`exit ${exitCode}`);
  writeFileSync(process.env['CHEX_TERMINATION_LOG'] ?? '', message);
  process.exit(exitCode);
}

if (process.env['CHEX_PARENT'] === '1') {
  process.stdin.on('end', () => {
    beat('orphaned');
    process.exit(143);
  });
  process.stdin.resume();
}
process.on('SIGTERM', () => {
  beat('asked');
  if (orders.ignoreTerm !== true) end(143, 'interrupted after saving');
});
createServer((_request, response) => {
  response.end(JSON.stringify({ ratio: Math.min(1, duration === 0 ? 1 : (Date.now() - startedAt) / duration), epoch: 1, epochs: 2, imagesPerSecond: 10, updatedAt: Date.now() }));
}).listen(process.env['CHEX_PROGRESS']);

beat('start');
process.stderr.write(`${JSON.stringify({ message: `${name} begins` })}\n`);
if (orders.warning !== undefined) process.stderr.write(`${JSON.stringify({ message: orders.warning, warning: true })}\n`);
while (Date.now() - startedAt < duration) {
  await sleep(20);
  beat('beat');
}
const failed = `${process.env['CHEX_FAKE_BEATS'] ?? ''}.${name}.failures`;
const failures = existsSync(failed) ? Number((await import('node:fs')).readFileSync(failed, 'utf8')) : 0;
if (failures < (orders.failures ?? 0)) {
  writeFileSync(failed, String(failures + 1));
  end(1, `failure ${failures + 1}`);
}
if (orders.exit !== undefined) end(orders.exit, orders.message ?? 'as asked');
end(0, JSON.stringify({ ...aResult(step.stage), ...(orders.found === true ? { found: true } : {}) }));
