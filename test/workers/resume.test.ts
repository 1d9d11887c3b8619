import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CatalogStep, CombinedStep } from '../../src/plan/step.ts';
import type { CatalogResult, CombinedResult } from '../../src/plan/result.ts';
import { ExitError } from '../../src/plan/exit-error.ts';
import { openStorage } from '../../src/storage/open.ts';
import { isStorageError } from '../../src/storage/storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { findFinished, finish } from '../../src/workers/resume.ts';

const none = Array.from({ length: 14 }, () => 0);
const result: CatalogResult = {
  stage: 'catalog',
  dataDigest: 'd1',
  films: { train: 3, valid: 1 },
  patients: { train: 2, valid: 1 },
  patientsInBothSplits: 0,
  shards: { train: 1, valid: 1 },
  images: { train: none, valid: none },
  rejected: { count: 0, reasons: [] },
  seconds: 1,
};

function aStep(change: Partial<CatalogStep> = {}): CatalogStep {
  return {
    version: 1,
    stage: 'catalog',
    training: { namespace: 'default', name: 'a', uid: 'u' },
    run: 1,
    rerun: 0,
    digest: 'a'.repeat(64),
    settings: { seed: 7 },
    existing: 'Keep',
    root: 'memory://runs/default/a',
    seed: 7,
    storage: { forcePathStyle: false, checksums: 'Auto' },
    dataset: { uri: 'memory://films', layout: 'Auto' },
    observations: ['Edema'],
    shards: 64,
    ...change,
  };
}

async function namesIn(storage: Storage): Promise<string[]> {
  const names: string[] = [];
  for await (const { uri } of storage.list('memory://runs')) names.push(uri.replace('memory://runs/default/a/', ''));
  return names;
}

async function finishedStorage(found: Record<string, string> = {}): Promise<Storage> {
  const storage = openStorage({ forcePathStyle: false, checksums: 'Auto' });
  await findFinished(aStep(), storage, found);
  await storage.write('memory://runs/default/a/catalog/catalog.json', new Uint8Array([1]));
  await finish(aStep(), storage, { result, found });
  return storage;
}

test('findFinished() answers with the recorded result of the same step', async () => {
  const storage = await finishedStorage();
  assert.deepEqual(await findFinished(aStep({ run: 2 }), storage), result);
});

test('findFinished() leaves the unfinished work of the same step as it is', async () => {
  const storage = openStorage({ forcePathStyle: false, checksums: 'Auto' });
  assert.equal(await findFinished(aStep(), storage), null);
  await storage.write('memory://runs/default/a/catalog/half', new Uint8Array([1]));
  assert.equal(await findFinished(aStep({ run: 2 }), storage), null);
  assert.deepEqual(await namesIn(storage), ['catalog/half', 'catalog/step.json']);
});

test('findFinished() empties the folder of an unfinished step with another digest', async () => {
  const storage = openStorage({ forcePathStyle: false, checksums: 'Auto' });
  await findFinished(aStep(), storage);
  await storage.write('memory://runs/default/a/catalog/half', new Uint8Array([1]));
  assert.equal(await findFinished(aStep({ digest: 'b'.repeat(64), settings: { seed: 8 } }), storage), null);
  assert.deepEqual(await namesIn(storage), ['catalog/step.json']);
});

test('findFinished() refuses finished work made with other settings, names the fields and touches nothing', async () => {
  const storage = await finishedStorage();
  const before = await namesIn(storage);
  await assert.rejects(findFinished(aStep({ digest: 'b'.repeat(64), settings: { 'preprocess.size': 224 } }), storage), (error: unknown) => {
    assert.ok(error instanceof ExitError);
    assert.equal(error.exitCode, 78);
    assert.match(error.message, /preprocess\.size \(was the default, is 224\); seed \(was 7, is the default\)/);
    assert.match(error.message, /output\.existing: Replace/);
    return true;
  });
  assert.deepEqual(await namesIn(storage), before);
});

test('findFinished() refuses finished work made from other data', async () => {
  const storage = await finishedStorage({ dataDigest: 'd1' });
  assert.deepEqual(await findFinished(aStep(), storage, { dataDigest: 'd1' }), result);
  await assert.rejects(findFinished(aStep(), storage, { dataDigest: 'd2' }), /made with other settings: other data \(films or labels were added, removed or changed\)\. /);
});

test('findFinished() lets existing: Replace redo finished work', async () => {
  const storage = await finishedStorage();
  assert.equal(await findFinished(aStep({ digest: 'b'.repeat(64), settings: { seed: 8 }, existing: 'Replace' }), storage), null);
  assert.deepEqual(await namesIn(storage), ['catalog/step.json']);
});

test('findFinished() redoes a step that was asked for anew', async () => {
  const storage = await finishedStorage();
  assert.equal(await findFinished(aStep({ digest: 'c'.repeat(64), rerun: 1 }), storage), null);
  assert.deepEqual(await namesIn(storage), ['catalog/step.json']);
});

test('findFinished() empties the folder of an unfinished step begun on other data', async () => {
  const storage = openStorage({ forcePathStyle: false, checksums: 'Auto' });
  await findFinished(aStep(), storage, { dataDigest: 'd1' });
  await storage.write('memory://runs/default/a/catalog/half', new Uint8Array([1]));
  assert.equal(await findFinished(aStep(), storage, { dataDigest: 'd1' }), null);
  assert.deepEqual(await namesIn(storage), ['catalog/half', 'catalog/step.json']);
  assert.equal(await findFinished(aStep(), storage, { dataDigest: 'd2' }), null);
  assert.deepEqual(await namesIn(storage), ['catalog/step.json']);
});

test('findFinished() refuses the done.json of another version, and one that is no JSON, in a sentence', async () => {
  const storage = await finishedStorage();
  const uri = 'memory://runs/default/a/catalog/done.json';
  await storage.write(uri, new TextEncoder().encode('{"digest":1}'));
  await assert.rejects(findFinished(aStep(), storage), (error) => error instanceof ExitError && error.exitCode === 78 && /^Cannot read .*done\.json: another version .*\(digest differs\)/.test(error.message));
  await storage.write(uri, new TextEncoder().encode('{'));
  await assert.rejects(findFinished(aStep(), storage), (error) => isStorageError(error, 'Configuration') && /it is not JSON/.test(error.message));
});

const combinedResult: CombinedResult = {
  ...{ stage: 'combined', epochs: 1, bestEpoch: 1, loss: { train: 1, validation: 1 }, macro: { auc: 0.5, averagePrecision: 0.5 } },
  ...{ baseline: null, parameters: 1, seconds: 1, report: 'memory://runs/default/a/report/report.html' },
};

/** findFinished() asks only what every step has. */
const combined = (digest = 'a'.repeat(64)) => ({ ...aStep({ digest }), stage: 'combined' }) as unknown as CombinedStep;

test('findFinished() goes on with a combined step whose report is gone, from the checkpoints that are there', async () => {
  const storage = openStorage({ forcePathStyle: false, checksums: 'Auto' });
  await findFinished(combined(), storage);
  for (const name of ['combined/checkpoints/1', 'report/report.json']) await storage.write(`memory://runs/default/a/${name}`, new Uint8Array([1]));
  await finish(combined(), storage, { result: combinedResult, found: {} });
  assert.deepEqual(await findFinished(combined(), storage), combinedResult);
  await storage.remove('memory://runs/default/a/report/report.json');
  assert.equal(await findFinished(combined(), storage), null);
  assert.deepEqual(await namesIn(storage), ['combined/checkpoints/1', 'combined/step.json']);
});

test('findFinished() removes the report of a combined step that is made anew', async () => {
  const storage = openStorage({ forcePathStyle: false, checksums: 'Auto' });
  await findFinished(combined(), storage);
  await storage.write('memory://runs/default/a/report/report.json', new Uint8Array([1]));
  assert.equal(await findFinished(combined('b'.repeat(64)), storage), null);
  assert.deepEqual(await namesIn(storage), ['combined/step.json']);
});

test('findFinished() does nothing anew when a rerun is taken out of the training again', async () => {
  const storage = openStorage({ forcePathStyle: false, checksums: 'Auto' });
  const again = aStep({ digest: 'c'.repeat(64), rerun: 1 });
  await findFinished(again, storage);
  await finish(again, storage, { result, found: {} });
  assert.deepEqual(await findFinished(aStep(), storage), result);
});
