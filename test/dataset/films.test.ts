import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFilms, writeFilms } from '../../src/dataset/films.ts';
import { aFilm } from './a-film.ts';
import { memoryStorage } from '../../src/storage/memory.ts';

const uri = 'memory://runs/shard.csv';

test('readFilms() gives back what writeFilms() wrote, in order, whatever the names hold', async () => {
  const storage = memoryStorage();
  const films = [
    aFilm({ path: 'train/patient1/study1/left, "upper" side\nü.jpg', age: null, sex: '', labels: [0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2] }),
    ...Array.from({ length: 2_500 }, (_, index) => aFilm({ path: `train/${index}.jpg`, age: index % 90 })),
  ];
  await writeFilms(storage, uri, films);
  assert.deepEqual(await Array.fromAsync(readFilms(storage, uri)), films);
});

test('writeFilms() writes the columns that product.md promises, the labels as 14 digits', async () => {
  const storage = memoryStorage();
  await writeFilms(storage, uri, [aFilm({ labels: [1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] })]);
  assert.equal(Buffer.from(await storage.read(uri)).toString(), 'path,patient,study,view,projection,sex,age,labels\ntrain/patient1/study1/view1_frontal.jpg,patient1,study1,Frontal,AP,Female,61,12000000000000\n');
});

test('readFilms() names the file and line of what is no film', async () => {
  const storage = memoryStorage();
  const read = async (text: string) => {
    await storage.write(uri, Buffer.from(text));
    return Array.fromAsync(readFilms(storage, uri));
  };
  await assert.rejects(read(''), /shard\.csv: it is empty/);
  await assert.rejects(read('path,labels\n'), /shard\.csv: its columns are "path,labels"/);
  await assert.rejects(read('path,patient,study,view,projection,sex,age,labels\na,b,c,d,e,f,1,0000000000000\n'), /shard\.csv, line 2: .* is not a film/);
  await assert.rejects(read('path,patient,study,view,projection,sex,age,labels\na,b,c\n'), /shard\.csv, line 2: .* is not a film/);
});
