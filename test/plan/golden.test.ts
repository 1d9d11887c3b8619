import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { lives } from '../../scripts/generate/lives.ts';

const root = path.join(import.meta.dirname, '../..');

test('planTraining(), renderJob() and decide() make of each golden training the Jobs and the status beside it', async () => {
  const files = Object.entries(await lives());
  assert.ok(files.length > 0);
  for (const [file, content] of files) {
    assert.ok(existsSync(path.join(root, file)), `${file} is missing: run \`npm run generate\` and look at it`);
    assert.equal(readFileSync(path.join(root, file), 'utf8'), content.toString(), file);
  }
});
