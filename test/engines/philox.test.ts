import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillPhilox } from '../../src/engines/philox.ts';

test('fillPhilox() gives the block that Random123 publishes for counter 0 and key 0', () => {
  const words = new Uint32Array(4);
  fillPhilox(words, 0, [0, 0, 0, 0]);
  assert.deepEqual([...words], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
});

test('fillPhilox() carries the block number through all words of the counter', () => {
  const twoBlocks = new Uint32Array(8);
  fillPhilox(twoBlocks, 7, [0xffffffff, 0xffffffff, 0xffffffff, 4]);
  const second = new Uint32Array(4);
  fillPhilox(second, 7, [0, 0, 0, 5]);
  assert.deepEqual(twoBlocks.slice(4), second);
});

test('fillPhilox() tells seeds apart that differ above 32 bits', () => {
  const [low, high] = [new Uint32Array(4), new Uint32Array(4)];
  fillPhilox(low, 5, [0, 0, 0, 0]);
  fillPhilox(high, 5 + 2 ** 32, [0, 0, 0, 0]);
  assert.notDeepEqual(low, high);
});
