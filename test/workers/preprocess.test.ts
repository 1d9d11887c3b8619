import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { writeFilms, type Film, type Label } from '../../src/dataset/films.ts';
import { decodeRecordImage } from '../../src/imaging/codec.ts';
import { encodeJpeg } from '../../src/imaging/encode-jpeg.ts';
import { flip } from '../../src/imaging/flip.ts';
import type { Grey } from '../../src/imaging/grey.ts';
import { prepareFilm } from '../../src/imaging/prepare-film.ts';
import { layout, type Split } from '../../src/plan/layout.ts';
import type { PreprocessStep } from '../../src/plan/step.ts';
import { ExitError } from '../../src/plan/exit-error.ts';
import { fileStorage } from '../../src/storage/file.ts';
import { memoryStorage } from '../../src/storage/memory.ts';
import { StorageError, isStorageError, type Storage } from '../../src/storage/storage.ts';
import { crc32c } from '../../src/tfrecord/crc32c.ts';
import { decodeExample } from '../../src/tfrecord/example.ts';
import { readRecords } from '../../src/tfrecord/framing.ts';
import { markerSchema } from '../../src/workers/marker.ts';
import { runPreprocess } from '../../src/workers/preprocess.ts';
import { Interrupted, type Tools } from '../../src/workers/tools.ts';

const paths = layout('memory://run/default/films');
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

/** A film of its own for each number. */
function picture(number: number): Grey {
  const [width, height] = [60 + (number % 7), 70 - (number % 5)];
  const pixels = Uint8Array.from({ length: width * height }, (_, at) => (at * (number + 3) + (at >> 5) * 17) % 251);
  return { width, height, pixels };
}

function filmAt(number: number, labels: Partial<Record<number, Label>>): Film {
  const patient = `patient0000${number}`;
  return {
    path: `train/${patient}/study 1/view1_frontal.jpg`,
    patient, study: 'study1', view: 'view1_frontal', projection: 'AP', sex: 'Female', age: 40,
    labels: Array.from({ length: 14 }, (_, label) => labels[label] ?? 0),
  };
}

const films = [
  filmAt(0, { 1: 1, 4: 1 }),
  filmAt(1, {}),
  filmAt(2, { 1: 2, 0: 1 }),
  filmAt(3, { 4: 1, 12: 1 }),
  filmAt(4, { 2: 1 }),
];

function aStep(changes: Partial<PreprocessStep> = {}, image: Partial<PreprocessStep['image']> = {}): PreprocessStep {
  return {
    version: 1, stage: 'preprocess', training: { namespace: 'default', name: 'films', uid: 'u' }, run: 1, rerun: 0,
    digest: 'a'.repeat(64), settings: {}, existing: 'Keep', root: paths.root, seed: 1,
    storage: { forcePathStyle: false, checksums: 'Auto' },
    dataset: { uri: 'memory://data/set' }, observations: ['Atelectasis', 'Lung_Opacity', 'Edema', 'No_Finding'], maxRejected: 0.01, films: films.length, rejected: 0,
    shards: { train: 1, valid: 0 },
    ...changes,
    image: { size: 32, clahe: { clipLimit: 2, tiles: 8 }, augment: 'OnRead', encoding: 'Png', quality: 95, ...image },
  };
}

function toolsFor(storage: Storage, changes: Partial<Tools> = {}): Tools {
  return {
    storage, scratch: { folder: '', freeBytes: () => Promise.resolve(Infinity) }, signal: new AbortController().signal, now: () => Date.now(),
    log: () => undefined, report: () => undefined, fence: async () => undefined, ...changes,
  };
}

/** A data set and the catalog's shards: all films in the first of train, one more in the first of valid where asked for. */
async function given(storage: Storage, step = aStep(), shards: Partial<Record<Split, readonly (readonly Film[])[]>> = { train: [films] }): Promise<void> {
  for (const split of ['train', 'valid'] as const) {
    for (const [index, shard] of (shards[split] ?? []).entries()) {
      await writeFilms(storage, layout(step.root).catalog.shard({ split, index, of: step.shards[split] }), shard);
      for (const film of shard) await storage.write(`${step.dataset.uri}/${film.path}`, fileOf(film));
    }
  }
}

function fileOf(film: Film): Uint8Array {
  return encodeJpeg(picture(Number(film.patient.slice(-5))), 90);
}

async function recordsOf(storage: Storage, uri: string): Promise<ReadonlyMap<string, Uint8Array>[]> {
  const records = [];
  for await (const payload of readRecords(storage.stream(uri))) records.push(decodeExample(payload));
  return records;
}

async function contentOf(storage: Storage, folder: string): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for await (const { uri } of storage.list(folder)) {
    content[uri.slice(folder.length + 1)] = createHash('sha256').update(await storage.read(uri)).digest('hex');
  }
  return content;
}

async function setsOf(storage: Storage, folder: string): Promise<Record<string, string>> {
  return Object.fromEntries(Object.entries(await contentOf(storage, folder)).filter(([name]) => name.endsWith('.tfrecord')));
}

const shard = { split: 'train', index: 0, of: 1 } as const;
const markerOf = async (storage: Storage, which: Parameters<typeof paths.records.marker>[0] = shard) =>
  markerSchema.parse(JSON.parse(text(await storage.read(paths.records.marker(which)))));

test('runPreprocess() writes each film in order into `all` and into the set of each trained observation it shows', async () => {
  const storage = memoryStorage();
  await given(storage);
  const result = await runPreprocess({ step: aStep(), index: 0, tools: toolsFor(storage) });

  const all = await recordsOf(storage, paths.records.shard('all', shard));
  assert.deepEqual(all.map((record) => [...record.keys()]), films.map(() => ['image', 'label', 'classname', 'labels', 'patient', 'path']));
  assert.deepEqual(all.map((record) => text(record.get('path'))), films.map((film) => film.path));
  assert.deepEqual(all.map((record) => [text(record.get('label')), text(record.get('classname'))]), [
    ['1', 'Atelectasis'], ['-1', ''], ['0', 'Lung_Lesion'], ['4', 'Lung_Opacity'], ['2', 'No_Finding'],
  ]);
  assert.deepEqual(all.map((record) => [...record.get('labels')!]), films.map((film) => [...film.labels]));
  assert.equal(text(all[3]!.get('patient')), 'patient00003');

  const opacity = await recordsOf(storage, paths.records.shard('Lung_Opacity', shard));
  assert.deepEqual(opacity.map((record) => [...record.keys()]), [['image', 'label', 'classname'], ['image', 'label', 'classname']]);
  assert.deepEqual(opacity.map((record) => [text(record.get('label')), text(record.get('classname'))]), [['4', 'Lung_Opacity'], ['4', 'Lung_Opacity']]);
  assert.deepEqual(opacity[1]!.get('image'), all[3]!.get('image'));

  const names = Object.keys(await contentOf(storage, paths.records.folder)).sort();
  // No set for Edema (no positive) nor for Support_Devices and Lung_Lesion (not trained).
  assert.deepEqual(names, [
    'Atelectasis_train_01of01.tfrecord', 'Lung_Opacity_train_01of01.tfrecord', 'No_Finding_train_01of01.tfrecord',
    'all_train_01of01.tfrecord', 'committed/train_01of01.json',
  ]);
  assert.equal(result?.films, 5);
  assert.deepEqual(result?.images.train, [1, 1, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
  assert.deepEqual(result?.images.valid, Array(14).fill(0));
});

test('runPreprocess() stores the picture that prepareFilm() makes', async () => {
  const storage = memoryStorage();
  await given(storage);
  const step = aStep();
  await runPreprocess({ step, index: 0, tools: toolsFor(storage) });
  const [first] = await recordsOf(storage, paths.records.shard('all', shard));
  const [expected] = await prepareFilm(fileOf(films[0]!), step.image, [null]);
  assert.deepEqual(first!.get('image'), expected);
});

test('runPreprocess() with Materialise stores four variants of a training film in order, and validation films once', async () => {
  const storage = memoryStorage();
  const step = aStep({ shards: { train: 1, valid: 1 } }, { augment: 'Materialise' });
  const validation = filmAt(7, { 4: 1 });
  await given(storage, step, { train: [films], valid: [[validation]] });
  assert.equal(await runPreprocess({ step, index: 0, tools: toolsFor(storage) }), null);
  const result = await runPreprocess({ step, index: 1, tools: toolsFor(storage) });

  const all = await recordsOf(storage, paths.records.shard('all', shard));
  assert.equal(all.length, 4 * films.length);
  const [original, ...flips] = await Promise.all(all.slice(4, 8).map((record) => decodeRecordImage(record.get('image')!)));
  assert.deepEqual(flips, ([-1, 0, 1] as const).map((code) => flip(original!, code)));
  assert.equal((await recordsOf(storage, paths.records.shard('all', { split: 'valid', index: 0, of: 1 }))).length, 1);
  assert.deepEqual([result?.films, result?.images.train[4], result?.images.valid[4]], [6, 2, 1]);
});

test('runPreprocess() commits a marker that tells sizes, checksums and counts of what is there', async () => {
  const storage = memoryStorage();
  await given(storage);
  const result = await runPreprocess({ step: aStep(), index: 0, tools: toolsFor(storage) });
  const marker = await markerOf(storage);
  assert.deepEqual({ ...marker, sets: Object.keys(marker.sets), seconds: 0, images: null }, {
    digest: 'a'.repeat(64), run: 1, split: 'train', index: 0, of: 1, films: 5, images: null, sets: ['all', 'Atelectasis', 'Lung_Opacity', 'No_Finding'], rejected: [], seconds: 0,
  });
  for (const [set, summary] of Object.entries(marker.sets)) {
    const bytes = await storage.read(paths.records.shard(set as 'all', shard));
    const records = await recordsOf(storage, paths.records.shard(set as 'all', shard));
    assert.deepEqual(summary, { records: records.length, sizeBytes: bytes.length, crc32c: crc32c(bytes).toString(16).padStart(8, '0') });
  }
  assert.equal(result?.sizeBytes, Object.values(marker.sets).reduce((total, { sizeBytes }) => total + sizeBytes, 0));
});

test('runPreprocess() twice does nothing the second time, and gives the same result', async () => {
  const storage = memoryStorage();
  await given(storage);
  const first = await runPreprocess({ step: aStep(), index: 0, tools: toolsFor(storage) });
  const before = await contentOf(storage, paths.root);
  const readOnly: Storage = { ...storage, write: () => Promise.reject(new Error('nothing may be written')) };
  assert.deepEqual(await runPreprocess({ step: aStep(), index: 0, tools: toolsFor(readOnly) }), first);
  assert.deepEqual(await contentOf(storage, paths.root), before);
});

test('runPreprocess() by two workers at once gives the bytes of one', async () => {
  const alone = memoryStorage();
  await given(alone);
  await runPreprocess({ step: aStep(), index: 0, tools: toolsFor(alone) });
  const storage = memoryStorage();
  await given(storage);
  const results = await Promise.all([1, 2].map(() => runPreprocess({ step: aStep(), index: 0, tools: toolsFor(storage) })));
  assert.deepEqual(results.map((result) => result?.films), [5, 5]);
  assert.deepEqual(await setsOf(storage, paths.records.folder), await setsOf(alone, paths.records.folder));
  assert.equal((await markerOf(storage)).films, 5);
});

test('runPreprocess() killed between sets and marker makes the same shard again', async () => {
  const storage = memoryStorage();
  await given(storage);
  const dying: Storage = {
    ...storage,
    write: (uri, ...rest) => (uri.includes('/committed/') ? Promise.reject(new Error('killed')) : storage.write(uri, ...rest)),
  };
  await assert.rejects(runPreprocess({ step: aStep(), index: 0, tools: toolsFor(dying) }), /killed/);
  const before = await setsOf(storage, paths.records.folder);
  assert.equal(Object.keys(before).length, 4);
  assert.equal((await runPreprocess({ step: aStep(), index: 0, tools: toolsFor(storage) }))?.films, 5);
  assert.deepEqual(await setsOf(storage, paths.records.folder), before);
});

test('runPreprocess() commits nothing when storage fails or the step is interrupted', async () => {
  const storage = memoryStorage();
  await given(storage);
  const full = new StorageError({ kind: 'NoSpace', uri: 'memory://run', message: 'Cannot write: no space' });
  const failing: Storage = {
    ...storage,
    write: async (uri, body, options) => {
      if (!uri.includes('Lung_Opacity')) return storage.write(uri, body, options);
      for await (const _ of body as AsyncIterable<Uint8Array>) throw full;
      throw full;
    },
  };
  await assert.rejects(runPreprocess({ step: aStep(), index: 0, tools: toolsFor(failing) }), (error) => error === full);
  assert.equal(await storage.head(paths.records.marker(shard)), null);

  const stop = new AbortController();
  const tools = toolsFor(storage, { signal: stop.signal, report: () => stop.abort() });
  await assert.rejects(runPreprocess({ step: aStep(), index: 0, tools }), Interrupted);
  assert.equal(await storage.head(paths.records.marker(shard)), null);
  assert.equal(await storage.head(paths.records.shard('Lung_Opacity', shard)), null);
});

test('runPreprocess() lets a failing network fail the step instead of rejecting films', async () => {
  const storage = memoryStorage();
  await given(storage);
  const down = (uri: string) => new StorageError({ kind: 'Unavailable', uri, message: `Cannot read ${uri}: no answer` });
  const failing: Storage = { ...storage, read: (uri, options) => (uri.endsWith('.jpg') ? Promise.reject(down(uri)) : storage.read(uri, options)) };
  await assert.rejects(runPreprocess({ step: aStep(), index: 0, tools: toolsFor(failing) }), (error) => isStorageError(error, 'Unavailable'));
});

test('runPreprocess() rejects missing and unreadable films with a reason and goes on', async () => {
  const storage = memoryStorage();
  await given(storage);
  await storage.remove(`memory://data/set/${films[1]!.path}`);
  await storage.write(`memory://data/set/${films[3]!.path}`, fileOf(films[3]!).slice(0, 900));
  const result = await runPreprocess({ step: aStep({ maxRejected: 0.4 }), index: 0, tools: toolsFor(storage) });
  const reasons = [`${films[1]!.path}: it is missing`, `${films[3]!.path}: it is cut short: a JPEG without its end`];
  assert.deepEqual(result?.rejected, { count: 2, reasons });
  assert.deepEqual((await markerOf(storage)).rejected.map(({ path, reason }) => `${path}: ${reason}`), reasons);
  const kept = (await recordsOf(storage, paths.records.shard('all', shard))).map((record) => text(record.get('path')));
  assert.deepEqual(kept, [0, 2, 4].map((number) => films[number]!.path));
});

test('runPreprocess() counts what the catalog rejected against maxRejected', async () => {
  const storage = memoryStorage();
  await given(storage);
  await assert.rejects(runPreprocess({ step: aStep({ rejected: 5, maxRejected: 0.4 }), index: 0, tools: toolsFor(storage) }), (error) => {
    assert.ok(error instanceof ExitError && error.exitCode === 65);
    assert.match(error.message, /: 5 of 10 films \(50 %\) are unreadable, more than the 40 % of dataset\.maxRejected: 5 left out by the catalog \(.*rejected\.csv\)\. /);
    return true;
  });
  assert.equal((await runPreprocess({ step: aStep({ rejected: 5, maxRejected: 0.5 }), index: 0, tools: toolsFor(storage) }))?.films, 5);
});

test('runPreprocess() ends with 65 above maxRejected, and finishes once the films are put right', async () => {
  const storage = memoryStorage();
  const step = aStep({ shards: { train: 2, valid: 0 } });
  await given(storage, step, { train: [films.slice(0, 2), films.slice(2)] });
  const uri = `memory://data/set/${films[0]!.path}`;
  await storage.write(uri, new Uint8Array());
  await assert.rejects(runPreprocess({ step, index: 0, tools: toolsFor(storage) }), (error) => {
    assert.ok(error instanceof ExitError);
    assert.equal(error.exitCode, 65);
    assert.match(error.message, /^Cannot preprocess memory:\/\/data\/set: 1 of 5 films \(20 %\) are unreadable, more than the 1 % of dataset.maxRejected: train\/patient00000\/study 1\/view1_frontal\.jpg: it is empty\. /);
    return true;
  });
  // The list of rejected films stays for people.
  assert.equal((await markerOf(storage, { split: 'train', index: 0, of: 2 })).rejected.length, 1);
  await storage.write(uri, fileOf(films[0]!));
  const next = { ...step, run: 2 };
  assert.equal(await runPreprocess({ step: next, index: 1, tools: toolsFor(storage) }), null);
  assert.equal((await runPreprocess({ step: next, index: 0, tools: toolsFor(storage) }))?.films, 5);
});

test('runPreprocess() leaves no rejected film behind where a shard is committed after another has ended the step with 65', async () => {
  const storage = memoryStorage();
  const step = aStep({ shards: { train: 2, valid: 0 }, maxRejected: 0.3 });
  await given(storage, step, { train: [films.slice(0, 2), films.slice(2)] });
  const damaged = films.slice(0, 3);
  for (const film of damaged) await storage.write(`memory://data/set/${film.path}`, new Uint8Array());
  const isRefusal = (error: unknown) => error instanceof ExitError && error.exitCode === 65;
  await assert.rejects(runPreprocess({ step, index: 0, tools: toolsFor(storage) }), isRefusal);
  // Its one rejected film of five would be tolerated if the two before were forgotten.
  await assert.rejects(runPreprocess({ step, index: 1, tools: toolsFor(storage) }), isRefusal);
  for (const film of damaged) await storage.write(`memory://data/set/${film.path}`, fileOf(film));
  const next = { ...step, run: 2 };
  assert.equal(await runPreprocess({ step: next, index: 0, tools: toolsFor(storage) }), null);
  const result = await runPreprocess({ step: next, index: 1, tools: toolsFor(storage) });
  assert.deepEqual([result?.films, result?.rejected.count], [5, 0]);
});

test('runPreprocess() replaces what an unfinished run with other settings left, and removes the rest of it', async () => {
  const storage = memoryStorage();
  const before = aStep({ digest: 'b'.repeat(64), shards: { train: 2, valid: 0 } }, { size: 48 });
  await given(storage, before, { train: [films.slice(0, 2), films.slice(2)] });
  await runPreprocess({ step: before, index: 0, tools: toolsFor(storage) });
  const same = aStep({ digest: 'c'.repeat(64), observations: ['Edema', 'Support_Devices'] }, { size: 40 });
  await given(storage);
  await runPreprocess({ step: same, index: 0, tools: toolsFor(storage) });

  const alone = memoryStorage();
  await given(alone);
  await runPreprocess({ step: aStep(), index: 0, tools: toolsFor(alone) });
  await runPreprocess({ step: aStep(), index: 0, tools: toolsFor(storage) });
  assert.deepEqual(await setsOf(storage, paths.records.folder), await setsOf(alone, paths.records.folder));
  assert.deepEqual(Object.keys(await contentOf(storage, paths.records.committed)), ['train_01of01.json']);
});

test('runPreprocess() takes the word of an old marker back before it overwrites the sets', async () => {
  const storage = memoryStorage();
  await given(storage);
  const old = aStep({ digest: 'b'.repeat(64) }, { size: 48 });
  await runPreprocess({ step: old, index: 0, tools: toolsFor(storage) });
  const stop = new AbortController();
  await assert.rejects(runPreprocess({ step: aStep(), index: 0, tools: toolsFor(storage, { signal: stop.signal, report: () => stop.abort() }) }), Interrupted);
  // Back to the old settings: its sets may be gone by half, so they are made again.
  let writes = 0;
  const counting: Storage = { ...storage, write: (...call) => storage.write(...call).finally(() => (writes += 1)) };
  await runPreprocess({ step: old, index: 0, tools: toolsFor(counting) });
  assert.equal(writes, 5);
});

test('runPreprocess() writes nothing once another run has taken over', async () => {
  const storage = memoryStorage();
  await given(storage);
  const before = await contentOf(storage, paths.root);
  const fence = () => Promise.reject(new Error('taken over'));
  await assert.rejects(runPreprocess({ step: aStep(), index: 0, tools: toolsFor(storage, { fence }) }), /taken over/);
  assert.deepEqual(await contentOf(storage, paths.root), before);
});

test('runPreprocess() reports progress after each batch of films, up to 1', async () => {
  const storage = memoryStorage();
  await given(storage);
  const ratios: number[] = [];
  await runPreprocess({ step: aStep(), index: 0, tools: toolsFor(storage, { report: ({ ratio }) => ratios.push(ratio) }) });
  // Five films are one batch; then the shard as a whole.
  assert.deepEqual(ratios, [1, 1]);
});

test('runPreprocess() refuses an index beyond the shards', async () => {
  await assert.rejects(runPreprocess({ step: aStep(), index: 1, tools: toolsFor(memoryStorage()) }), (error) => error instanceof ExitError && error.exitCode === 64);
});

test('runPreprocess() makes in files what it makes in memory, from names with spaces and per cent signs', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'preprocess-'));
  t.after(() => rm(folder, { recursive: true }));
  const base = pathToFileURL(folder).href;
  const memory = memoryStorage();
  await given(memory);
  await runPreprocess({ step: aStep(), index: 0, tools: toolsFor(memory) });
  const storage = fileStorage();
  const step = aStep({ root: `${base}/run 1`, dataset: { uri: `${base}/my set` } });
  await given(storage, step);
  await runPreprocess({ step, index: 0, tools: toolsFor(storage) });
  assert.deepEqual(await setsOf(storage, layout(step.root).records.folder), await setsOf(memory, paths.records.folder));
});

test('runPreprocess() with Jpeg stores JPEG close to the equalised film', async () => {
  const storage = memoryStorage();
  await given(storage);
  const step = aStep({}, { encoding: 'Jpeg' });
  await runPreprocess({ step, index: 0, tools: toolsFor(storage) });
  const [first] = await recordsOf(storage, paths.records.shard('all', shard));
  const image = first!.get('image')!;
  assert.deepEqual([...image.slice(0, 2)], [0xff, 0xd8]);
  const stored = (await decodeRecordImage(image)).pixels;
  const [exact] = await prepareFilm(fileOf(films[0]!), { ...step.image, encoding: 'Png' }, [null]);
  const { pixels } = await decodeRecordImage(exact);
  const error = pixels.reduce((total, value, at) => total + Math.abs(value - stored[at]!), 0) / pixels.length;
  assert.ok(error > 0 && error < 4, `mean error ${error}`);
});
