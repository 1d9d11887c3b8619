import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observations } from '../../src/api/observations.ts';
import { digestClassFolders, readClassFolders } from '../../src/dataset/class-folders.ts';
import type { Film } from '../../src/dataset/films.ts';
import type { Reading } from '../../src/dataset/reading.ts';
import { aDataset, uri } from './memory-dataset.ts';

async function read(files: Readonly<Record<string, string>>): Promise<Reading> {
  const reading = await readClassFolders({ storage: await aDataset(files), uri });
  assert.ok(reading);
  return reading;
}

function findingsOf({ labels }: Film): string[] {
  return observations.filter((_, label) => labels[label] === 1);
}

test('readClassFolders() makes one film with several labels of copies in several folders', async () => {
  const { train, valid, rejected } = await read({
    'train/Edema/patient00003_view1.jpg': 'film',
    'train/Lung_Lesion/patient00003_view1.jpg': 'film',
    'train/lung opacity/other.PNG': 'other',
    'valid/No Finding/patient00004.jpeg': 'film',
  });
  assert.deepEqual(rejected, []);
  assert.deepEqual(train.map((film) => [film.path, film.patient, findingsOf(film)]), [
    ['train/Lung_Lesion/patient00003_view1.jpg', 'patient00003', ['Lung_Lesion', 'Edema']],
    ['train/lung opacity/other.PNG', 'other.PNG', ['Lung_Opacity']],
  ]);
  assert.deepEqual(valid.map((film) => [film.path, film.patient, findingsOf(film)]), [['valid/No Finding/patient00004.jpeg', 'patient00004', ['No_Finding']]]);
});

test('readClassFolders() takes files of one name and different sizes for different films', async () => {
  const { train } = await read({ 'train/Edema/1.jpg': 'one', 'train/Fracture/1.jpg': 'another' });
  assert.deepEqual(train.map((film) => [film.path, findingsOf(film)]), [['train/Edema/1.jpg', ['Edema']], ['train/Fracture/1.jpg', ['Fracture']]]);
});

test('readClassFolders() rejects what is no picture by its name, hidden, or in no folder of an observation', async () => {
  const { train, rejected } = await read({ 'train/Edema/a.jpg': 'a', 'train/Edema/notes.txt': 'b', 'train/Edema/.DS_Store': 'c', 'train/.cache/a.jpg': 'd', 'train/a.jpg': 'e' });
  assert.deepEqual(train.map(({ path }) => path), ['train/Edema/a.jpg']);
  assert.deepEqual(rejected, [
    { path: 'train/.cache/a.jpg', reason: 'a hidden file' },
    { path: 'train/Edema/.DS_Store', reason: 'a hidden file' },
    { path: 'train/Edema/notes.txt', reason: 'not a picture by its name: .jpg, .jpeg and .png are read' },
    { path: 'train/a.jpg', reason: 'lies in no folder of an observation' },
  ]);
});

test('readClassFolders() names the folder that is no observation, and the nearest one', async () => {
  await assert.rejects(read({ 'train/Pneumotorax/a.jpg': 'a' }), { name: 'DatasetError', kind: 'Invalid', message: `Cannot read ${uri}/train/Pneumotorax: it is named for no observation; rename or remove it. The nearest is Pneumothorax` });
});

test('readClassFolders() answers null where train and valid hold nothing', async () => {
  assert.equal(await readClassFolders({ storage: await aDataset({ 'films/Edema/a.jpg': 'a' }), uri }), null);
});

test('digestClassFolders() is the reading’s own, and changes when a file comes, goes or is written again', async () => {
  const storage = await aDataset({ 'train/Edema/a.jpg': 'a', 'train/Edema/b.jpg': 'b' });
  const digest = await digestClassFolders({ storage, uri });
  assert.equal((await readClassFolders({ storage, uri }))?.dataDigest, digest);
  const digests = new Set([digest]);
  await storage.write(`${uri}/valid/Edema/c.jpg`, Buffer.from('c'));
  digests.add(await digestClassFolders({ storage, uri }));
  await storage.write(`${uri}/train/Edema/a.jpg`, Buffer.from('b'));
  digests.add(await digestClassFolders({ storage, uri }));
  await storage.remove(`${uri}/train/Edema/b.jpg`);
  digests.add(await digestClassFolders({ storage, uri }));
  assert.equal(digests.size, 4);
});
