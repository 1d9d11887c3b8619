import assert from 'node:assert/strict';
import { test } from 'node:test';
import { greyOf, kernels, planeOf, reserve, scratch } from '../../src/imaging/kernel-memory.ts';
import { seededPicture } from './seeded-picture.ts';

test('scratch() frees what its work reserved, also when it throws, and leaves what stood before', () => {
  const film = seededPicture(40, 30, 1);
  scratch(() => {
    const plane = planeOf(film);
    const inner = () => scratch(() => planeOf(seededPicture(40, 30, 2)).at);
    const at = inner();
    assert.ok(at >= plane.at + 40 * 30);
    assert.throws(() => scratch(() => { throw new Error(String(reserve(8))); }), /^Error: \d+$/);
    assert.equal(inner(), at);
    assert.deepEqual(greyOf(plane), film);
  });
});

test('reserve() grows the memory, whose pictures stay', () => {
  const film = seededPicture(40, 30, 1);
  scratch(() => {
    const plane = planeOf(film);
    const before = kernels.memory.buffer.byteLength;
    reserve(before);
    assert.ok(kernels.memory.buffer.byteLength >= 2 * before);
    assert.deepEqual(greyOf(plane), film);
  });
});
