import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shorten } from '../../src/plan/pod-result.ts';

test('shorten() ends a long message after a whole word, with an ellipsis, and leaves a short one as it is', () => {
  assert.equal(shorten('x'.repeat(256)), 'x'.repeat(256));
  assert.equal(shorten('The disk is full, remove something', 20), 'The disk is full…');
  assert.equal(shorten('The disk is full of films', 18), 'The disk is full…');
  const long = shorten(`Cannot read it: ${'word '.repeat(100)}`);
  assert.ok(long.length <= 256 && /^Cannot read it: (word )+word…$/.test(long), long);
});

test('shorten() cuts a word that is longer than all the rest', () => {
  assert.equal(shorten(`Cannot read ${'p'.repeat(50)}`, 40), `Cannot read ${'p'.repeat(27)}…`);
});
