import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { stringify } from 'yaml';
import type { TrainingStatus } from '../../src/api/status.ts';
import { isTrue } from '../fakes/drive.ts';

interface Beat {
  readonly name: string;
  readonly pid: number;
  readonly run: number;
  readonly word: string;
  readonly at: number;
}

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exited: Promise<number | null>;
}

/** A training of one observation whose workers do as `orders` say. */
async function arrange(t: TestContext, spec: object = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-run-test-'));
  const children: ChildProcess[] = [];
  t.after(async () => {
    for (const child of children) child.kill('SIGKILL');
    // Orphans write their last line first.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  });
  const training = {
    apiVersion: 'chex.dev/v1alpha1',
    kind: 'ChexTraining',
    metadata: { name: 'trial' },
    spec: {
      dataset: { uri: pathToFileURL(path.join(folder, 'data')).href },
      output: { uri: pathToFileURL(path.join(folder, 'runs')).href },
      observations: ['Edema'],
      combined: { backbone: 'Small' },
      ...spec,
    },
  };
  const file = path.join(folder, 'training.yaml');
  await writeFile(file, stringify(training));
  const beatsFile = path.join(folder, 'beats');
  const root = path.join(folder, 'runs/default/trial');
  return {
    start: (orders: object, ...args: string[]) => startRun(children, { file, beatsFile, orders, args }),
    beats: () => (existsSync(beatsFile) ? readFileSync(beatsFile, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Beat) : []),
    status: () => JSON.parse(readFileSync(path.join(root, 'status.json'), 'utf8')) as TrainingStatus,
    root,
  };
}

function startRun(children: ChildProcess[], { file, beatsFile, orders, args }: { file: string; beatsFile: string; orders: object; args: string[] }): Run {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../fakes/fake-run.ts'), file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, CHEX_FAKE: JSON.stringify(orders), CHEX_FAKE_BEATS: beatsFile },
  });
  children.push(child);
  let text = '';
  child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
  return { child, output: () => text, exited: new Promise((resolve) => child.once('exit', resolve)) };
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  // Far more than the slowest wait takes on a busy machine: it ends a test that would hang.
  const deadline = Date.now() + 300_000;
  while (!isSo()) {
    assert.ok(Date.now() < deadline, `waited 300 s for ${what}`);
    await sleep(50);
  }
}

test('run() ends with 0 and names the report; a second run asks every worker again', async (t) => {
  const { start, status, beats, root } = await arrange(t);
  const first = start({});
  assert.equal(await first.exited, 0);
  assert.match(first.output(), /Time: catalog \d+ s \(\d+ %\), preprocess .*, autoencoders .*, combined /);
  assert.match(first.output(), new RegExp(`The report: ${root}/report/report.html`));
  assert.ok(isTrue(status(), 'Succeeded'));
  assert.equal(existsSync(path.join(root, 'run.json')), false);
  const { startTime, workedSeconds } = status();
  const found = { found: true };
  const second = start({ catalog: found, preprocess: found, Edema: found, combined: found }, '2');
  assert.equal(await second.exited, 0);
  const { run, attempts, found: isFound } = status().observations[0] ?? {};
  assert.deepEqual([status().startTime, run, attempts, isFound], [startTime, 2, 1, true]);
  // Tenths of seconds are counted while nobody knows yet that a worker has found its work done, and taken back then.
  assert.ok(Math.abs(status().workedSeconds - workedSeconds) < 0.3, `what was found took no time: ${String(workedSeconds)} s became ${String(status().workedSeconds)}`);
  assert.match(second.output(), /Edema was finished before/);
  assert.doesNotMatch(second.output(), /started|is done/);
  assert.equal(beats().filter(({ name, word }) => name === 'combined' && word === 'start').length, 2);
});

test('run() refuses, before any worker starts, every finished step that was made with other settings', async (t) => {
  const { start, beats, root } = await arrange(t);
  const none = Array.from({ length: 14 }, () => 0);
  const both = { train: 1, valid: 1 };
  const result = { stage: 'catalog', dataDigest: 'd', films: both, patients: both, patientsInBothSplits: 0, shards: both, images: { train: none.fill(1), valid: none }, rejected: { count: 0, reasons: [] }, seconds: 1 };
  await mkdir(path.join(root, 'catalog'), { recursive: true });
  await writeFile(path.join(root, 'catalog/done.json'), JSON.stringify({ digest: 'a'.repeat(64), run: 1, rerun: 0, settings: { seed: 9, dataDigest: 'd' }, result }));
  const { exited, output } = start({});
  assert.equal(await exited, 78, output());
  assert.match(output(), /^Cannot run default\/trial: .*\/runs\/default\/trial holds finished work made with other settings:\n {2}the catalog: .*seed \(was 9, is the default\)\nTrain under another metadata\.name/);
  assert.deepEqual(beats(), []);
});

test('run() passes on the exit code and sentence of a worker that may not be retried', async (t) => {
  const { start, beats, root } = await arrange(t);
  const { exited, output } = start({ preprocess: { exit: 65, message: 'Cannot use the data set: 12 of 100 films are unreadable' } });
  assert.equal(await exited, 65, output());
  assert.equal(output().split('Preprocess failed: Cannot use the data set: 12 of 100 films are unreadable').length, 2, output());
  assert.match(output(), /Next: correct the data, then run the same command again: what is finished is not done twice\.\n$/);
  assert.equal(existsSync(path.join(root, 'logs')), true);
  assert.equal(beats().some(({ name }) => name === 'Edema'), false);
});

test('run() tells what failed also where the log of its worker cannot be kept', async (t) => {
  const { start, root } = await arrange(t);
  await mkdir(root, { recursive: true });
  await writeFile(path.join(root, 'logs'), 'in the way');
  const { exited, output } = start({ catalog: { exit: 65, message: 'No film is usable' } });
  assert.equal(await exited, 65, output());
  assert.match(output(), /A failed worker's log is not kept: .*logs/);
  assert.match(output(), /No film is usable/);
});

test('run() retries a worker that crashes, and goes on; its warnings are told once', async (t) => {
  const { start, status } = await arrange(t);
  const { exited, output } = start({ Edema: { failures: 1, warning: 'the checkpoint is of another engine' } });
  assert.equal(await exited, 0);
  assert.equal(output().split('Edema: the checkpoint is of another engine\n').length, 2, output());
  assert.equal(status().observations[0]?.attempts, 2);
});

test('run() saves and ends with 143 on SIGTERM; the same command goes on', async (t) => {
  const { start, status, beats } = await arrange(t);
  const first = start({ Edema: { seconds: 60 } });
  await until(() => beats().some(({ name }) => name === 'Edema'), 'Edema to start');
  first.child.kill('SIGTERM');
  assert.equal(await first.exited, 143);
  assert.match(first.output(), /Interrupted: what was done is saved/);
  assert.equal(beats().filter(({ name, word }) => name === 'Edema' && word === 'exit 143').length, 1);
  assert.equal(status().observations[0]?.state, 'ready');
  const later = start({});
  assert.equal(await later.exited, 0);
  assert.equal(status().observations[0]?.run, 2);
});

test('run() ends at once on a second signal, though a worker does not stop', async (t) => {
  const { start, beats } = await arrange(t);
  const { child, exited, output } = start({ Edema: { seconds: 60, ignoreTerm: true } });
  await until(() => beats().some(({ name }) => name === 'Edema'), 'Edema to start');
  child.kill('SIGINT');
  await until(() => beats().some(({ word }) => word === 'asked'), 'Edema to be asked to stop');
  child.kill('SIGINT');
  assert.equal(await exited, 137);
  assert.match(output(), /work since the last checkpoints is lost/);
  assert.doesNotMatch(output(), /what was done is saved/);
  assert.ok(!beats().some(({ name, word }) => name === 'Edema' && word.startsWith('exit')), 'nobody waited for the worker');
  const { pid } = beats().find(({ name }) => name === 'Edema') ?? { pid: 0 };
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('run() leaves no worker behind when it is killed, and the next run takes over its lock', async (t) => {
  const { start, beats } = await arrange(t);
  const { child, exited } = start({ Edema: { seconds: 60, ignoreTerm: true } });
  await until(() => beats().some(({ name, word }) => name === 'Edema' && word === 'beat'), 'Edema to work');
  child.kill('SIGKILL');
  await exited;
  await until(() => beats().some(({ word }) => word === 'orphaned'), 'the worker to notice');
  const orphanedAt = beats().find(({ word }) => word === 'orphaned')?.at ?? 0;
  assert.equal(await start({}).exited, 0);
  const killed = beats().filter(({ run, name }) => run === 1 && name === 'Edema');
  assert.ok(killed.every(({ at }) => at <= orphanedAt), 'the worker of the killed run went on');
});

test('run() refuses to start beside a live run of the same training, naming it', async (t) => {
  const { start, beats } = await arrange(t);
  const first = start({ catalog: { seconds: 60 } });
  await until(() => beats().length > 0, 'the first run to start');
  const second = start({});
  assert.equal(await second.exited, 78);
  assert.match(second.output(), new RegExp(`process ${first.child.pid}|pid ${first.child.pid}`));
  assert.equal(new Set(beats().map(({ pid }) => pid)).size, 1);
});

test('run() stops with 78 when another run has taken over its lock, and leaves that lock alone', async (t) => {
  const { start, beats, root } = await arrange(t);
  const { exited, output } = start({ catalog: { seconds: 5 } });
  await until(() => beats().length > 0, 'the run to start');
  const time = new Date().toISOString();
  const other = JSON.stringify({ uid: 'another', host: hostname(), pid: process.pid, startedAt: time, heartbeat: time });
  await writeFile(path.join(root, 'run.json'), other);
  assert.equal(await exited, 78);
  assert.match(output(), /has taken over the lock/);
  assert.equal(readFileSync(path.join(root, 'run.json'), 'utf8'), other);
});

test('run() does nothing with a suspended training but says so', async (t) => {
  const { start, beats } = await arrange(t, { suspend: true });
  const { exited, output } = start({});
  assert.equal(await exited, 78);
  assert.match(output(), /spec.suspend is true; set it to false/);
  assert.deepEqual(beats(), []);
});

test('run() refuses before any work a batch that does not fit the wasm engine, naming the largest that does', async (t) => {
  const { start, beats, root } = await arrange(t, { autoencoders: { batchSize: 512 } });
  const { exited, output } = start({});
  assert.equal(await exited, 78);
  assert.match(output(), /batches of 512 on the wasm engine: .*The largest batch that fits is \d+:/);
  assert.deepEqual([beats(), existsSync(root)], [[], false]);
});

test('run() says once which fields have no effect on one machine', async (t) => {
  const { start } = await arrange(t, { queueName: 'radiology', autoencoders: { resources: { gpu: 0 } } });
  const { exited, output } = start({});
  assert.equal(await exited, 0);
  assert.equal(output().split('Without effect on one machine: queueName, autoencoders.resources').length, 2);
});
