import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { predict } from '../../src/cli/predict.ts';
import { openWasm } from '../../src/engines/wasm.ts';
import { layout } from '../../src/plan/layout.ts';
import { ExitError } from '../../src/plan/exit-error.ts';
import { runAutoencoder } from '../../src/workers/autoencoders.ts';
import { runCombined } from '../../src/workers/combined.ts';
import { finishStep, tinyRun } from '../workers/tiny-run.ts';

const engine = await openWasm();
const run = await tinyRun({ train: 4, valid: 2 });
const single = run.autoencodersStep({ epochs: 1 });
await finishStep(run, single, await runAutoencoder({ step: single, tools: await run.tools(), engine }));
await runCombined({ step: run.combinedStep({ autoencoders: [{ observation: 'Edema', digest: single.digest }], epochs: 1, augment: 'None' }), tools: await run.tools(), engine });

async function folderOf(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = path.join(run.folder, name);
  await mkdir(folder);
  for (const [file, content] of Object.entries(files)) await writeFile(path.join(folder, file), content);
  return folder;
}

const out = path.join(run.folder, 'scores.csv');
const options = { model: run.root, out, storage: run.storage, engine: 'wasm', threads: 1 } as const;
const refuses = (work: Promise<unknown>, exitCode: number, message: RegExp) =>
  assert.rejects(work, (error) => error instanceof ExitError && error.exitCode === exitCode && message.test(error.message));

test('predict: a folder without films, or without a model, is missing input', async () => {
  const empty = await folderOf('empty', { 'notes.txt': 'no film' });
  for (const folder of [empty, `${empty}/absent`]) {
    await refuses(predict({ ...options, in: folder, log: assert.fail }), 66, /there is no film below file:.*\/empty.*, or no such folder; give a folder/);
  }
  await refuses(predict({ ...options, model: empty, in: run.films, log: assert.fail }), 66, /empty\/combined\/model\/head\.h5.*Give the folder of a finished run with --model/);
});

test('predict: where no film can be read it says why for each, exits 65 and leaves no table', async () => {
  const broken = await folderOf('broken', { 'a.png': 'text', 'b.JPG': '' });
  const lines: string[] = [];
  await refuses(predict({ ...options, in: broken, log: (line) => lines.push(line) }), 65, /none of the 2 films below/);
  assert.match(lines.join('\n'), /a\.png is left out: it is not a JPEG.*\n.*b\.JPG is left out: it is empty/);
  assert.ok(!existsSync(out));
});

test('predict: a damaged model is bad data, an autoencoder trained anew since is missing input', async () => {
  const paths = layout(run.root);
  const head = await run.storage.read(paths.combined.weights);
  await run.storage.write(paths.combined.weights, head.subarray(0, 1000));
  await refuses(predict({ ...options, in: run.films, log: assert.fail }), 65, /head\.h5/);
  await run.storage.write(paths.combined.weights, head);
  const done = await run.storage.read(paths.autoencoder('Edema').done);
  await run.storage.write(paths.autoencoder('Edema').done, Buffer.from(Buffer.from(done).toString().replace(single.digest, 'f'.repeat(64))));
  await refuses(predict({ ...options, in: run.films, log: assert.fail }), 66, /the autoencoder of Edema was trained again since/);
  await run.storage.write(paths.autoencoder('Edema').done, Buffer.from('{"format": 7}'));
  await refuses(predict({ ...options, in: run.films, log: assert.fail }), 78, /done\.json: another version of chex-operator wrote it/);
  await run.storage.write(paths.autoencoder('Edema').done, done);
});
