import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStorageError } from '../../src/storage/storage.ts';
import { childUri, filePath, pathBelow, schemeOf } from '../../src/storage/uri.ts';

test('filePath() decodes escapes and takes spaces, +, # and stray per cent signs as they are', () => {
  const table: readonly (readonly [uri: string, path: string])[] = [
    ['file:///data/films', '/data/films'],
    ['file:///data/My%20Films/a b+c#1?.jpg', '/data/My Films/a b+c#1?.jpg'],
    ['file://localhost/data', '/data'],
    ['file:///data/100%25.jpg', '/data/100%.jpg'],
    ['file:///data/100%.jpg', '/data/100%.jpg'],
    ['file:///data/%C3%BC', '/data/ü'],
    ['file:///data/%ff', '/data/%ff'],
    ['file:///data//a/./b/../c/', '/data/a/c/'],
  ];
  for (const [uri, path] of table) assert.equal(filePath(uri), path, uri);
});

test('filePath() refuses what it cannot address, with a sentence', () => {
  const table: readonly (readonly [uri: string, sentence: RegExp])[] = [
    ['file://data/films', /"data" would be another machine; write file:\/\/\/ with three slashes/],
    ['file://films', /write it with an absolute path, as in file:\/\/\/data\/films/],
    ['file:///a\0b', /it holds a zero byte/],
  ];
  for (const [uri, sentence] of table) {
    assert.throws(() => filePath(uri), (error) => isStorageError(error, 'Configuration') && sentence.test(error.message) && error.message.startsWith('Cannot use the URI '));
  }
});

test('schemeOf() refuses a plain path with a sentence', () => {
  assert.equal(schemeOf('s3://bucket/key'), 's3');
  for (const uri of ['/data/films', 'films', 'C:\\films', '']) {
    assert.throws(() => schemeOf(uri), (error) => isStorageError(error, 'Configuration') && error.message.includes('it must begin with file:/// or s3://'), uri);
  }
});

test('childUri() and pathBelow() are inverse, whatever the name and the scheme', () => {
  for (const folder of ['file:///data/My%20Films', 's3://bucket/a%20b', 'memory://x']) {
    for (const name of ['train/a b.jpg', '100%.jpg', '100%25.jpg', 'a%20b.jpg', '#?+.png', 'ü']) {
      assert.equal(pathBelow(folder, childUri(folder, name)), name, `${folder} ${name}`);
      assert.equal(childUri(`${folder}/`, name), childUri(folder, name));
    }
  }
  assert.equal(filePath(childUri('file:///data/My%20Films', 'a%20b.jpg')), '/data/My Films/a%20b.jpg');
  assert.throws(() => pathBelow('s3://bucket/films', 's3://bucket/films2/a.jpg'), RangeError);
});
