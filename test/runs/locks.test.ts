import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { chex, everything, readJson, startChex, tinyTraining, untilThere, writeTraining } from './chex.ts';

const long = { autoencoders: { width: 0.05, epochs: 5000, batchSize: 8, learningRate: 1e-3 }, observations: ['Edema'] };

test('one run of a training at a time: another is refused while it lives, and takes over what a kill leaves', async (t) => {
  const place = await tinyTraining(t, long);
  const lock = path.join(place.run, 'run.json');
  const scratch = path.join(place.folder, 'scratch');
  mkdirSync(scratch);
  const killed = startChex(t, ['run', '-f', place.file], { TMPDIR: scratch });
  await untilThere(place.run, 'run.json', killed);
  killed.child.kill('SIGKILL');
  await killed.ended;
  assert.equal(readJson(lock)['pid'], killed.child.pid);

  const first = startChex(t, ['run', '-f', place.file], { TMPDIR: scratch });
  await untilThere(place.run, 'catalog/catalog.json', first);
  const held = readFileSync(lock, 'utf8');
  const second = await chex(t, ['run', '-f', place.file]);
  assert.equal(second.code, 78, everything(second));
  assert.match(everything(second), new RegExp(`already run by process ${first.child.pid} on `));
  assert.equal(first.child.exitCode, null);
  assert.equal(readJson(lock)['uid'], (JSON.parse(held) as { uid: string }).uid);
  first.child.kill('SIGTERM');
  assert.equal((await first.ended).code, 143, first.said());
  assert.ok(!existsSync(lock), 'the lock is released');
  assert.deepEqual(readdirSync(scratch), [], 'no scratch folder stays, that of the killed run included');
});

test("another machine's run is refused while it gives signs of life, and taken over five minutes after its last", async (t) => {
  const place = await tinyTraining(t);
  // The lock is what is looked at here: the run ends as soon as it has it.
  writeTraining(place, { dataset: { uri: 'file:///nowhere/CheXpert' } });
  mkdirSync(place.run, { recursive: true });
  const lock = path.join(place.run, 'run.json');
  const leave = (secondsAgo: number) => {
    const time = new Date(Date.now() - secondsAgo * 1000).toISOString();
    writeFileSync(lock, JSON.stringify({ uid: 'theirs', host: 'radiology-2', pid: 7, startedAt: time, heartbeat: time }));
  };
  leave(-60);
  const refused = await chex(t, ['run', '-f', place.file]);
  assert.equal(refused.code, 78, everything(refused));
  assert.match(everything(refused), /already run by process 7 on radiology-2, since .* five minutes after its last sign of life the lock .* is free/);
  assert.equal(readJson(lock)['uid'], 'theirs');
  leave(301);
  const taken = await chex(t, ['run', '-f', place.file]);
  assert.equal(taken.code, 66, everything(taken));
  assert.ok(!existsSync(lock), 'the lock is released');
});
