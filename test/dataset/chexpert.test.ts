import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelOf } from '../../src/api/observations.ts';
import { digestCheXpert, readCheXpert } from '../../src/dataset/chexpert.ts';
import type { Reading } from '../../src/dataset/reading.ts';
import { aDataset, aRow, header, uri } from './memory-dataset.ts';

/** Places of labels in the table. */
const [noFinding, edema, fracture] = [0, 5, 12];

async function read(files: Readonly<Record<string, string>>): Promise<Reading> {
  const reading = await readCheXpert({ storage: await aDataset(files), uri });
  assert.ok(reading);
  return reading;
}

function tableOf(...rows: string[]): string {
  return `${[header, ...rows].join('\n')}\n`;
}

test('readCheXpert() reads 1, 0, -1 and blank of each column into label order', async () => {
  const { train, rejected } = await read({ 'train.csv': tableOf(aRow('CheXpert-v1.0-small/train/patient00002/study1/view1_frontal.jpg', { [noFinding]: '1.0', [edema]: '-1.0', [fracture]: '0.0' })) });
  assert.deepEqual(rejected, []);
  const [film] = train;
  assert.ok(film);
  const labels = Array.from({ length: 14 }, () => 0);
  labels[labelOf('No_Finding')] = 1;
  labels[labelOf('Edema')] = 2;
  assert.deepEqual(film.labels, labels);
});

test('readCheXpert() finds columns by name, whatever their order, case and company', async () => {
  const columns = header.split(',').reverse();
  const cells = columns.map((column) => ({ Path: 'train/patient00007/study2/view1_frontal.jpg', Age: '44', Sex: 'Male', 'AP/PA': 'PA', Edema: '1' })[column] ?? '');
  const table = `Ward,${columns.map((column) => column.toUpperCase()).join(',')}\r\n3B,${cells.join(',')}\r\n`;
  const { train } = await read({ 'train.csv': table });
  assert.equal(train[0]?.age, 44);
  assert.equal(train[0]?.sex, 'Male');
  assert.equal(train[0]?.projection, 'PA');
  assert.equal(train[0]?.labels[labelOf('Edema')], 1);
});

test('readCheXpert() reads a table of Windows: byte order mark, CRLF, quotes, commas and spaces in names', async () => {
  const row = aRow('"CheXpert-v1.0-small/train/patient00009/study1/left side, 2.jpg"', { [edema]: '1.0' });
  const { train, rejected } = await read({ 'train.csv': `\ufeff${header}\r\n${row}\r\n\r\n` });
  assert.deepEqual(rejected, []);
  assert.deepEqual(train.map(({ path }) => path), ['train/patient00009/study1/left side, 2.jpg']);
});

test('readCheXpert() takes paths from the folder, from its parent, and from a parent of another name', async () => {
  const { train } = await read({ 'train.csv': tableOf(aRow('train/patient1/study1/a.jpg'), aRow('CheXpert-v1.0-small/train/patient2/study1/a.jpg'), aRow('CheXpert-v1.0/train/patient3/study1/a.jpg'), aRow('CheXpert-v1.0-small/more/patient4/a.jpg'), aRow('./train/patient5/study1/a.jpg')) });
  assert.deepEqual(train.map(({ path }) => path), ['train/patient1/study1/a.jpg', 'train/patient2/study1/a.jpg', 'train/patient3/study1/a.jpg', 'more/patient4/a.jpg', 'train/patient5/study1/a.jpg']);
});

test('readCheXpert() names patient, study and view by the path, and makes a film without any of them its own patient', async () => {
  const { train } = await read({ 'train.csv': tableOf(aRow('train/patient00001/study3/view2_lateral.jpg', {}, 'Male,50,Lateral,'), aRow('train/Smith/visit 1/a.b.png'), aRow('train/x.jpg')) });
  assert.deepEqual(train.map(({ patient, study, view, projection }) => [patient, study, view, projection]), [
    ['patient00001', 'study3', 'Lateral', ''],
    ['Smith', 'visit 1', 'Frontal', 'AP'],
    ['train/x.jpg', '', 'Frontal', 'AP'],
  ]);
});

test('readCheXpert() takes the view from its column, and from the file name where the column does not say', async () => {
  const { train } = await read({ 'train.csv': tableOf(aRow('train/a.jpg', {}, 'Male,50,lateral,'), aRow('train/view1_frontal.jpg', {}, 'Male,50,,AP'), aRow('train/view2_frontal.jpg', {}, 'Male,50,Lateral,'), aRow('train/b.jpg', {}, 'Male,50,?,AP')) });
  assert.deepEqual(train.map(({ view }) => view), ['Lateral', 'Frontal', 'Lateral', '']);
});

test('readCheXpert() takes no part of another word for a patient', async () => {
  const { train } = await read({ 'train.csv': tableOf(aRow('train/inpatient2020/a.jpg'), aRow('train/inpatient2020/b.jpg'), aRow('train/inpatient2020/patient00007_study1.jpg')) });
  assert.deepEqual(train.map(({ patient }) => patient), ['train/inpatient2020/a.jpg', 'train/inpatient2020/b.jpg', 'patient00007']);
});

test('readCheXpert() takes an age that is no number for unknown', async () => {
  const { train } = await read({ 'train.csv': tableOf(aRow('train/a.jpg', {}, 'Unknown,,Frontal,AP'), aRow('train/b.jpg', {}, 'Male,n/a,Frontal,AP'), aRow('train/c.jpg', {}, 'Male,0,Frontal,AP')) });
  assert.deepEqual(train.map(({ age }) => age), [null, null, 0]);
});

test('readCheXpert() rejects rows that it cannot use, each with its line and reason, and keeps the rest', async () => {
  const { train, rejected } = await read({
    'train.csv': tableOf(
      aRow('train/good.jpg'),
      aRow('train/two.jpg', { [edema]: '2.0' }),
      aRow('train/yes.jpg', { [fracture]: 'yes' }),
      aRow('train/good.jpg', { [edema]: '1.0' }),
      aRow(''),
      aRow('train/../../secret.jpg'),
      aRow('/etc/secret.jpg'),
      'train/short.jpg,Male,30',
      aRow('train/last.jpg'),
    ),
  });
  assert.deepEqual(train.map(({ path, labels }) => [path, labels.includes(1)]), [['train/good.jpg', false], ['train/last.jpg', false]]);
  assert.deepEqual(rejected, [
    { path: 'train/two.jpg', reason: 'train.csv line 3: Edema is "2.0", not 1.0, 0.0, -1.0 or blank' },
    { path: 'train/yes.jpg', reason: 'train.csv line 4: Fracture is "yes", not 1.0, 0.0, -1.0 or blank' },
    { path: 'train/good.jpg', reason: 'train.csv line 5: this path stood in an earlier row' },
    { path: '', reason: 'train.csv line 6: the path is empty' },
    { path: 'train/../../secret.jpg', reason: 'train.csv line 7: the path leads out of the data set' },
    { path: '/etc/secret.jpg', reason: 'train.csv line 8: the path leads out of the data set' },
    { path: 'train/short.jpg', reason: 'train.csv line 9: 3 cells where the header has 19' },
  ]);
});

test('readCheXpert() rejects a film of valid.csv that train.csv has', async () => {
  const row = aRow('train/patient1/a.jpg');
  const { train, valid, rejected } = await read({ 'train.csv': tableOf(row), 'valid.csv': tableOf(row, aRow('valid/patient2/a.jpg')) });
  assert.deepEqual([train.length, valid.map(({ path }) => path)], [1, ['valid/patient2/a.jpg']]);
  assert.match(rejected[0]?.reason ?? '', /^valid\.csv line 2: this path stood in an earlier row/);
});

test('readCheXpert() does with one table, and answers null without any', async () => {
  const { train, valid } = await read({ 'valid.csv': tableOf(aRow('valid/a.jpg')) });
  assert.deepEqual([train.length, valid.length], [0, 1]);
  assert.equal(await readCheXpert({ storage: await aDataset({ 'notes.txt': '' }), uri }), null);
});

test('readCheXpert() names the column that is missing, and the one that may be meant', async () => {
  const table = `${header.replace('Pleural Effusion', 'Plural Efusion')}\n`;
  await assert.rejects(read({ 'train.csv': table }), { name: 'DatasetError', kind: 'Invalid', message: `Cannot read ${uri}/train.csv: it has no column "Pleural Effusion"; is "Plural Efusion" meant?` });
  await assert.rejects(read({ 'train.csv': 'a,b\n' }), { message: `Cannot read ${uri}/train.csv: it has no column "Path"` });
});

test('readCheXpert() says that a table is empty, or where a quote never closes', async () => {
  await assert.rejects(read({ 'train.csv': '' }), { kind: 'Invalid', message: /train\.csv: it is empty/ });
  await assert.rejects(read({ 'train.csv': `${header}\n"train/a.jpg,Male\n` }), { kind: 'Invalid', message: /train\.csv: Quote Not Closed.*line 2/ });
});

test('digestCheXpert() is the reading’s own, and changes with any byte and with the table it stands in', async () => {
  const digestOf = async (files: Readonly<Record<string, string>>) => digestCheXpert({ storage: await aDataset(files), uri });
  const table = tableOf(aRow('train/a.jpg'));
  const digest = await digestOf({ 'train.csv': table });
  assert.match(digest ?? '', /^[0-9a-f]{64}$/);
  assert.equal((await read({ 'train.csv': table })).dataDigest, digest);
  assert.notEqual(await digestOf({ 'train.csv': `${table}\n` }), digest);
  assert.notEqual(await digestOf({ 'valid.csv': table }), digest);
  assert.equal(await digestOf({ 'train.csv': table, 'notes.txt': 'x' }), digest);
});

test('readCheXpert() tells how many films it has read, and ends with what the listener throws', async () => {
  const table = tableOf(...Array.from({ length: 12_000 }, (_, index) => aRow(`train/${index}.jpg`)));
  const storage = await aDataset({ 'train.csv': table });
  const counts: number[] = [];
  await readCheXpert({ storage, uri, onFilms: (count) => counts.push(count) });
  assert.deepEqual(counts, [5_000, 10_000]);
  const stop = () => {
    throw new Error('stopped');
  };
  await assert.rejects(readCheXpert({ storage, uri, onFilms: stop }), /^Error: stopped$/);
});
