import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentMap } from '../../src/kube/recent-map.ts';

test('RecentMap forgets the entry that was neither set nor asked for the longest', () => {
  const map = new RecentMap<number>(3);
  for (const [key, value] of [['a', 1], ['b', 2], ['c', 3]] as const) map.set(key, value);
  assert.equal(map.get('a'), 1);
  map.set('b', 20);
  map.set('d', 4);
  assert.deepEqual(['a', 'b', 'c', 'd'].map((key) => map.get(key)), [1, 20, undefined, 4]);
});
