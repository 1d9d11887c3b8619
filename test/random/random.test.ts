import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRandom, shuffle, xoshiro128 } from '../../src/random/random.ts';

test('xoshiro128() gives the numbers of the authors’ C program from the state 1, 2, 3, 4', () => {
  const next = xoshiro128([1, 2, 3, 4]);
  // Computed with xoshiro128starstar.c of prng.di.unimi.it (public domain).
  assert.deepEqual(Array.from({ length: 10 }, next), [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804]);
});

test('openRandom() gives the same stream for the same seed and name, and another for another of either', () => {
  const stream = (seed: number, name: string) => Array.from({ length: 4 }, openRandom(seed, name).next);
  assert.deepEqual(stream(1, 'a'), stream(1, 'a'));
  assert.notDeepEqual(stream(1, 'a'), stream(2, 'a'));
  assert.notDeepEqual(stream(1, 'a'), stream(1, 'b'));
});

test('below() draws every number of its range about equally often', () => {
  const random = openRandom(7, 'below');
  const counts = [0, 0, 0, 0, 0, 0, 0];
  for (let drawn = 0; drawn < 70_000; drawn++) counts[random.below(7)]! += 1;
  // Five standard deviations of a binomial of 70,000 and 1/7.
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 465, String(counts));
});

test('normal() has mean 0 and deviation 1', () => {
  const random = openRandom(7, 'normal');
  const values = Array.from({ length: 40_000 }, () => random.normal());
  const mean = values.reduce((sum, value) => sum + value) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  assert.ok(Math.abs(mean) < 0.025 && Math.abs(variance - 1) < 0.04, `${mean} ${variance}`);
});

test('shuffle() keeps every item once, moves each place to each other, and leaves its input as it is', () => {
  const items = ['a', 'b', 'c', 'd'];
  const random = openRandom(3, 'shuffle');
  const firsts = new Map<string, number>();
  for (let round = 0; round < 4_000; round++) {
    const [first = '', ...rest] = shuffle(items, random);
    assert.deepEqual([first, ...rest].sort(), items);
    firsts.set(first, (firsts.get(first) ?? 0) + 1);
  }
  for (const count of firsts.values()) assert.ok(Math.abs(count - 1_000) < 137, String([...firsts]));
});
