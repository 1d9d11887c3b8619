import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Address } from '../../src/metrics/progress-server.ts';
import { observations } from '../../src/api/observations.ts';
import type { StepResult } from '../../src/plan/result.ts';
import { parseAnswer } from '../../src/plan/result.ts';
import { openStorage } from '../../src/storage/open.ts';
import { parseStep } from '../../src/workers/parse-step.ts';
import { finish } from '../../src/workers/resume.ts';
import { work } from '../../src/workers/work.ts';
import { aPreprocessResult } from '../results.ts';

/** The end of a step whose data set is not there, and what it logged; `done` writes its done.json first. */
async function workAt(t: TestContext, address: Address | null, { done }: { done?: StepResult } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-work-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const uri = (name: string) => pathToFileURL(path.join(folder, name)).href;
  const step = {
    ...{ version: 1, stage: 'catalog', training: { namespace: 'default', name: 'trial', uid: 'test' }, run: 1, rerun: 0 },
    ...{ digest: 'a'.repeat(64), settings: {}, existing: 'Keep', root: uri('runs'), seed: 7, storage: { forcePathStyle: false, checksums: 'Auto' } },
    ...{ dataset: { uri: uri('films'), layout: 'Auto' }, observations, shards: 1 },
    ...(done === undefined ? {} : preprocessing(uri('films'))),
  };
  if (done !== undefined) await finish(parseStep(JSON.stringify(step)), openStorage({ forcePathStyle: false, checksums: 'Auto' }), { result: done, found: {} });
  const log: { message: string; warning?: unknown }[] = [];
  const worker = {
    ...{ index: 0, host: 'here', pid: process.pid, isAlive: () => true, scratchBytes: Infinity, signal: new AbortController().signal, now: Date.now },
    ...{ requireGpu: false, setEnvironment: () => undefined, log: (message: string, fields = {}) => void log.push({ message, ...fields }) },
  };
  return { exit: await work({ step: JSON.stringify(step), address, worker }), log };
}

function preprocessing(uri: string) {
  const image = { size: 64, clahe: null, augment: 'OnRead', encoding: 'Jpeg', quality: 95 };
  return { stage: 'preprocess', dataset: { uri }, maxRejected: 0.01, films: 1, shards: { train: 1, valid: 0 }, image };
}

test('work() answers with the result that it finds in done.json, and says that it found it', async (t) => {
  const done = aPreprocessResult();
  const { exit } = await workAt(t, null, { done });
  assert.equal(exit.code, 0, exit.message);
  assert.deepEqual(parseAnswer(exit.message), { result: done, found: true });
});

test('work() does its step without a local socket that cannot be had, and warns', async (t) => {
  const { exit, log } = await workAt(t, { path: path.join(tmpdir(), 'x'.repeat(120)) });
  assert.equal(exit.code, 66, exit.message);
  assert.match(log[0]?.message ?? '', /Cannot answer for progress on/);
  assert.equal(log[0]?.warning, true);
});

test('work() ends with 78 where its port is in use', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const { exit } = await workAt(t, { port: address.port });
  assert.equal(exit.code, 78);
  assert.match(exit.message, /it is in use; set CHEX_PROGRESS to a free port/);
});
