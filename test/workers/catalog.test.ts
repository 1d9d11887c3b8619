import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelOf, observations } from '../../src/api/observations.ts';
import { readFilms } from '../../src/dataset/films.ts';
import type { Film } from '../../src/dataset/films.ts';
import { layout } from '../../src/plan/layout.ts';
import { catalogResultSchema } from '../../src/plan/result.ts';
import type { CatalogStep } from '../../src/plan/step.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { dataDigestOf, runCatalog } from '../../src/workers/catalog.ts';
import { Interrupted } from '../../src/workers/tools.ts';
import type { Tools } from '../../src/workers/tools.ts';
import { aDataset, aRow, header, uri } from '../dataset/memory-dataset.ts';

const root = 'memory://runs/default/chest';
const { catalog } = layout(root);

function aStep(dataset: Partial<CatalogStep['dataset']> = {}, change: Partial<CatalogStep> = {}): CatalogStep {
  return {
    version: 1, stage: 'catalog', training: { namespace: 'default', name: 'chest', uid: 'u' }, run: 1, rerun: 0,
    digest: 'a'.repeat(64), settings: {}, existing: 'Keep', root, seed: 123,
    storage: { forcePathStyle: false, checksums: 'Auto' }, dataset: { uri, layout: 'Auto', ...dataset },
    observations: [...observations], shards: 64, ...change,
  };
}

function toolsOn(storage: Storage, change: Partial<Tools> = {}): Tools & { readonly lines: string[] } {
  const lines: string[] = [];
  let clock = 0;
  return {
    storage, lines, log: (line) => void lines.push(line), report: () => undefined, signal: new AbortController().signal,
    now: () => (clock += 500), scratch: { folder: '', freeBytes: () => Promise.resolve(Infinity) }, fence: async () => undefined, ...change,
  };
}

function aTable(films: number): string {
  const rows = Array.from({ length: films }, (_, index) => aRow(`CheXpert-v1.0-small/train/patient${index % 40}/study1/view${index}.jpg`, { [index % 14]: '1.0', [(index + 1) % 14]: '-1.0' }));
  return `${[header, ...rows].join('\n')}\n`;
}

async function textOf(storage: Storage, file: string): Promise<string> {
  return Buffer.from(await storage.read(file)).toString();
}

async function filmsIn(storage: Storage, split: 'train' | 'valid', of: number): Promise<Film[]> {
  const shards = await Promise.all(Array.from({ length: of }, (_, index) => Array.fromAsync(readFilms(storage, catalog.shard({ split, index, of })))));
  return shards.flat();
}

test('runCatalog() writes every film once into shuffled shards, no patient in both splits', async () => {
  const storage = await aDataset({ 'train.csv': aTable(600) });
  const result = await runCatalog({ step: aStep(), tools: toolsOn(storage) });
  assert.deepEqual(catalogResultSchema.parse(result), result);
  assert.deepEqual(result.patients, { train: 36, valid: 4 });
  assert.deepEqual(result.films, { train: 540, valid: 60 });
  assert.deepEqual(result.shards, { train: 3, valid: 1 });
  const train = await filmsIn(storage, 'train', 3);
  const valid = await filmsIn(storage, 'valid', 1);
  assert.equal(new Set([...train, ...valid].map(({ path }) => path)).size, 600);
  const validPatients = new Set(valid.map(({ patient }) => patient));
  assert.ok(train.every(({ patient }) => !validPatients.has(patient)));
  assert.deepEqual(result.images.train, observations.map((_, label) => train.filter(({ labels }) => labels[label] === 1).length));
  assert.equal(result.seconds, 0.5);
});

test('runCatalog() writes catalog.json with the counts of the observations that are trained', async () => {
  const storage = await aDataset({ 'train.csv': aTable(28), 'valid.csv': aTable(0) });
  const result = await runCatalog({ step: aStep({}, { observations: ['Edema'] }), tools: toolsOn(storage) });
  const written = JSON.parse(await textOf(storage, catalog.catalog)) as Record<string, unknown>;
  assert.equal(written.layout, 'CheXpert');
  assert.equal(written.dataDigest, result.dataDigest);
  assert.deepEqual(written.films, result.films);
  const edema = labelOf('Edema');
  assert.deepEqual(written.observations, [
    { observation: 'Edema', label: edema, positives: { train: result.images.train[edema], valid: result.images.valid[edema] }, uncertain: { train: 2, valid: 0 } },
  ]);
});

test('runCatalog() writes the same bytes from the same data and seed, and another order from another seed', async () => {
  const shardOf = async (seed: number) => {
    const storage = await aDataset({ 'train.csv': aTable(100) });
    await runCatalog({ step: aStep({}, { seed }), tools: toolsOn(storage) });
    return textOf(storage, catalog.shard({ split: 'train', index: 0, of: 1 }));
  };
  assert.equal(await shardOf(1), await shardOf(1));
  assert.notEqual(await shardOf(1), await shardOf(2));
});

test('runCatalog() names every rejected row in rejected.csv and the first five in its result', async () => {
  const bad = Array.from({ length: 7 }, (_, index) => aRow(`train/bad, ${index}.jpg`.replace(/^.*$/, '"$&"'), { 0: '5' }));
  const storage = await aDataset({ 'train.csv': `${aTable(10)}${bad.join('\n')}\n` });
  const { rejected } = await runCatalog({ step: aStep(), tools: toolsOn(storage) });
  assert.equal(rejected.count, 7);
  assert.equal(rejected.reasons.length, 5);
  assert.equal(rejected.reasons[0], 'train/bad, 0.jpg: train.csv line 12: No Finding is "5", not 1.0, 0.0, -1.0 or blank');
  const lines = (await textOf(storage, catalog.rejected)).trimEnd().split('\n');
  assert.equal(lines[0], 'path,reason');
  assert.equal(lines.length, 8);
});

test('runCatalog() catalogs class folders, without a positive of most observations', async () => {
  const storage = await aDataset({ 'train/Edema/a.jpg': 'a', 'train/Edema/b.jpg': 'bb', 'valid/Fracture/c.png': 'c' });
  const { films, images } = await runCatalog({ step: aStep(), tools: toolsOn(storage) });
  assert.deepEqual(films, { train: 2, valid: 1 });
  assert.equal(images.train[labelOf('Edema')], 2);
  assert.equal(images.valid[labelOf('Edema')], 0);
  assert.equal((JSON.parse(await textOf(storage, catalog.catalog)) as { layout: string }).layout, 'ClassFolders');
});

test('runCatalog() obeys the layout that is asked for where both are there', async () => {
  const storage = await aDataset({ 'train.csv': aTable(5), 'train/Edema/a.jpg': 'a' });
  const filmsOf = async (asked: CatalogStep['dataset']['layout']) => (await runCatalog({ step: aStep({ layout: asked }), tools: toolsOn(storage) })).films.train;
  assert.equal(await filmsOf('Auto'), 4);
  assert.equal(await filmsOf('ClassFolders'), 1);
});

test('runCatalog() ends with 66 and says what it looked for where there is no data set', async () => {
  const elsewhere = { uri: 'memory://hospital' };
  const storage = await aDataset({ 'train.csv': aTable(5) });
  await assert.rejects(runCatalog({ step: aStep(elsewhere), tools: toolsOn(storage) }), {
    exitCode: 66,
    message: 'Cannot read memory://hospital: it holds neither train.csv nor valid.csv nor {train,valid}/<Observation>/, but for example "CheXpert-v1.0-small/train.csv"; set dataset.uri to the folder that holds them',
  });
  await assert.rejects(runCatalog({ step: aStep({ uri: 'memory://nowhere/' }), tools: toolsOn(storage) }), { exitCode: 66, message: /^Cannot read memory:\/\/nowhere: nothing is there; set dataset\.uri/ });
  await assert.rejects(runCatalog({ step: aStep({ layout: 'ClassFolders' }), tools: toolsOn(storage) }), { exitCode: 66, message: /it holds no \{train,valid\}\/<Observation>\/, but for example "train\.csv"/ });
});

test('runCatalog() ends with 65 where there is nothing to train on, or the table is not CheXpert’s', async () => {
  const run = async (files: Readonly<Record<string, string>>) => runCatalog({ step: aStep(), tools: toolsOn(await aDataset(files)) });
  await assert.rejects(run({ 'train.csv': `${header}\n` }), { exitCode: 65, message: `Cannot catalog ${uri}: it names no film` });
  await assert.rejects(run({ 'train.csv': `${header}\n${aRow('')}\n` }), { exitCode: 65, message: /it names no film; rejected: 1, the first: train\.csv line 2: the path is empty/ });
  await assert.rejects(run({ 'valid.csv': aTable(5) }), { exitCode: 65, message: `Cannot catalog ${uri}: none of its films is for training` });
  await assert.rejects(run({ 'train.csv': 'Path\n' }), { exitCode: 65, message: /no column "Lung Lesion"/ });
});

test('runCatalog() tells of patients whom the data set has in both splits', async () => {
  const storage = await aDataset({ 'train.csv': aTable(80), 'valid.csv': `${header}\n${aRow('valid/patient3/a.jpg')}\n${aRow('valid/patient99/a.jpg')}\n` });
  const tools = toolsOn(storage);
  const { films, patientsInBothSplits } = await runCatalog({ step: aStep(), tools });
  assert.deepEqual(films, { train: 80, valid: 2 });
  assert.equal(patientsInBothSplits, 1);
  assert.match(tools.lines.join('\n'), /^patients with films in both splits of memory:.*: 1;/);
});

test('runCatalog() says that nobody can be held out where all films are of one patient', async () => {
  const storage = await aDataset({ 'train.csv': `${header}\n${aRow('train/patient1/a.jpg')}\n${aRow('train/patient1/b.jpg')}\n` });
  const tools = toolsOn(storage);
  const { films } = await runCatalog({ step: aStep(), tools });
  assert.deepEqual(films, { train: 2, valid: 0 });
  assert.match(tools.lines.join('\n'), /^no patient of memory:.* can be held out for validation: train has only one/);
});

test('runCatalog() stops when it is asked to, or when another run has taken over, before it writes', async () => {
  const storage = await aDataset({ 'train.csv': aTable(20) });
  await assert.rejects(runCatalog({ step: aStep(), tools: toolsOn(storage, { signal: AbortSignal.abort() }) }), Interrupted);
  const lost = async () => {
    throw new Error('another run has taken over');
  };
  await assert.rejects(runCatalog({ step: aStep(), tools: toolsOn(storage, { fence: lost }) }), /another run has taken over/);
  assert.deepEqual(await Array.fromAsync(storage.list(root)), []);
});

test('dataDigestOf() is the digest of the result, and of the data alone', async () => {
  const storage = await aDataset({ 'train.csv': aTable(20) });
  const work = { step: aStep(), tools: toolsOn(storage) };
  const digest = await dataDigestOf(work);
  assert.equal((await runCatalog(work)).dataDigest, digest);
  assert.equal(await dataDigestOf({ ...work, step: aStep({}, { seed: 5 }) }), digest);
  await storage.write(`${uri}/train.csv`, Buffer.from(aTable(21)));
  assert.notEqual(await dataDigestOf(work), digest);
  await assert.rejects(dataDigestOf({ ...work, step: aStep({ uri: 'memory://nowhere' }) }), { exitCode: 66 });
});
