import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { tinyTraining } from './chex.ts';

const root = path.join(import.meta.dirname, '../..');

test('the compiled form that npm installs runs a whole training', async (t) => {
  const built = spawnSync(process.execPath, [path.join(root, 'scripts/build.ts')], { encoding: 'utf8' });
  assert.equal(built.status, 0, built.stdout + built.stderr);
  const place = await tinyTraining(t, { observations: ['Edema'] });
  const ended = spawnSync(process.execPath, [path.join(root, 'dist/main.js'), 'run', '-f', place.file], { encoding: 'utf8' });
  assert.equal(ended.status, 0, ended.stdout + ended.stderr);
  assert.match(ended.stdout + ended.stderr, /report\.html/);
});
